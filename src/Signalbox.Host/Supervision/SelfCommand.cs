namespace Signalbox.Host.Supervision;

/// <summary>How to start this program again with other arguments.</summary>
/// <param name="Program">An absolute path.</param>
/// <param name="Leading">What comes before the verb: the assembly's path under <c>dotnet signalbox.dll</c>, else nothing.</param>
internal sealed record SelfCommand(string Program, IReadOnlyList<string> Leading)
{
    public static SelfCommand Current()
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("the path of the running program is not known");
        if (Path.GetFileNameWithoutExtension(program) != "dotnet") return new(program, []);
        var first = Environment.GetCommandLineArgs()[0];
        var assembly = first.EndsWith(".dll", StringComparison.Ordinal) ? first : Path.Combine(AppContext.BaseDirectory, "signalbox.dll");
        return new(program, [Path.GetFullPath(assembly)]);
    }

    public IReadOnlyList<string> With(params string[] arguments) => [Program, .. Leading, .. arguments];
}
