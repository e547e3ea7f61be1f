namespace Signalbox.Cli.Deploying;

internal static class ShellWords
{
    /// <summary>A word as a POSIX shell reads it back; left as it is where it needs no quotes.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "_./:=@%+,-".Contains(c)) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
