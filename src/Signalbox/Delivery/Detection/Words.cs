namespace Signalbox.Delivery.Detection;

/// <summary>Commands, written as people read them.</summary>
internal static class Words
{
    /// <summary>Started by a shell that gives way to it, so that $PORT is expanded and the signal to stop reaches the program.</summary>
    public static IReadOnlyList<string> Shell(string line) => ["sh", "-c", $"exec {line}"];

    /// <summary>A word as a POSIX shell reads it back.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "_./:=@%+,-".Contains(c)) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>The path of a file as another person pastes it: whoever hands it in chooses its name, which is no option either.</summary>
    public static string Pasted(string path) => Quote(path.StartsWith('-') ? $"./{path}" : path);
}
