namespace Signalbox.Tests;

/// <summary>Golden folders. <c>SIGNALBOX_ACCEPT=1 dotnet test</c> rewrites what is expected; the diff is reviewed.</summary>
internal static class Cases
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Of(string capability) =>
        Directory.GetDirectories(Path.Combine(Root, "tests", "cases", capability)).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal);

    public static string PathOf(string capability, string name, string file) => Path.Combine(Root, "tests", "cases", capability, name, file);

    public static void Verify(string expectedFile, string actual)
    {
        if (Environment.GetEnvironmentVariable("SIGNALBOX_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(expectedFile)!);
            File.WriteAllText(expectedFile, actual);
        }
        Assert.True(File.Exists(expectedFile), $"{expectedFile} is missing; run with SIGNALBOX_ACCEPT=1");
        Assert.Equal(File.ReadAllText(expectedFile), actual);
    }

    private static string FindRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Signalbox.slnx"))) directory = Path.GetDirectoryName(directory)!;
        return directory;
    }
}
