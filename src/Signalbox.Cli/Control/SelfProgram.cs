using System.Diagnostics;

namespace Signalbox.Cli.Control;

/// <summary>How to start this program again: the native file, the apphost, or <c>dotnet signalbox.dll</c>.</summary>
internal static class SelfProgram
{
    public static string Directory => Path.GetDirectoryName(Environment.ProcessPath) ?? AppContext.BaseDirectory;

    /// <summary>PATH with this program's own directory at its end.</summary>
    public static string SearchPath => $"{Environment.GetEnvironmentVariable("PATH")}:{Directory}";

    public static Process Start(params string[] arguments) => Start(_ => { }, arguments);

    public static Process Start(Action<ProcessStartInfo> how, params IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("the path of the running program is not known");
        var start = new ProcessStartInfo(program) { UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "signalbox.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        JobCredentials.Remove(start.Environment);
        how(start);
        return Process.Start(start) ?? throw new IOException($"{program} cannot be started");
    }
}
