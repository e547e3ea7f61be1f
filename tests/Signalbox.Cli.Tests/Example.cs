namespace Signalbox.Cli.Tests;

/// <summary>The applications in <c>examples</c>.</summary>
internal static class Example
{
    private static readonly string[] s_made = ["node_modules", "dist", "reports", ".signalbox"];

    /// <summary>Copies one as it is in Git: what a run in it has left is no part of it.</summary>
    public static void Copy(string name, string to)
    {
        var from = Path.Combine(SignalboxProgram.Repository, "examples", name);
        foreach (var path in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(from, file)).Where(path => !path.Split('/').Any(s_made.Contains)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(to, path))!);
            File.Copy(Path.Combine(from, path), Path.Combine(to, path));
        }
    }
}
