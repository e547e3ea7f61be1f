namespace Signalbox.Tests;

/// <summary>Golden folders.</summary>
internal static partial class Cases
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Of(string capability) =>
        Directory.GetDirectories(Path.Combine(Root, "tests", "cases", capability)).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal);

    public static string PathOf(string capability, string name, string file) => Path.Combine(Root, "tests", "cases", capability, name, file);

    private static string FindRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Signalbox.slnx"))) directory = Path.GetDirectoryName(directory)!;
        return directory;
    }
}
