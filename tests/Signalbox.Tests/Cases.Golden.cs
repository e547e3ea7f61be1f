namespace Signalbox.Tests;

internal static partial class Cases
{
    /// <summary><c>SIGNALBOX_ACCEPT=1 dotnet test</c> rewrites what is expected; the diff is reviewed.</summary>
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
}
