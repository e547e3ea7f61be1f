using System.Text;

namespace Signalbox.Yaml;

/// <summary>
/// Empty lines at the beginning of a block scalar. They may have as many spaces as its text is indented by (YAML 1.2.2, 8.1.1.1),
/// but the scanner takes those without any only.
/// </summary>
internal static class BlankStart
{
    /// <summary>Whether the scanner refuses such a line.</summary>
    public static bool IsRefusal(string message) => message.Contains("extra spaces in first line", StringComparison.Ordinal);

    /// <summary>
    /// The same YAML with the spaces of such lines at the end of the line before them, where they say nothing: every other
    /// character stays at its line, column and index.
    /// </summary>
    /// <returns>Null where there is none.</returns>
    public static string? Moved(string content)
    {
        StringBuilder? moved = null;
        for (var (start, line) = (0, 0); start < content.Length; start = line)
        {
            var end = EndOfLine(content, start);
            line = Math.Min(end + 1, content.Length);
            if (!IsHeader(content.AsSpan(start, end - start))) continue;
            var (text, widest) = (line, 0);
            for (int next; text < content.Length && IsBlank(content, text, out next); text = next + 1) widest = Math.Max(widest, next - text);
            // a wider one is an error of the file's own
            if (widest == 0 || text >= content.Length || Spaces(content, text) < widest) continue;
            moved ??= new(content);
            var blank = content[end..text];
            var breaks = blank.Replace(" ", "", StringComparison.Ordinal);
            moved.Remove(end, blank.Length).Insert(end, new string(' ', blank.Length - breaks.Length) + breaks);
            line = text;
        }
        return moved?.ToString();
    }

    // "key: |", "- >-", "key: !tag |2 # why"
    private static bool IsHeader(ReadOnlySpan<char> line)
    {
        var comment = line.IndexOf(" #");
        var head = (comment < 0 ? line : line[..comment]).TrimEnd().TrimEnd("+-0123456789");
        return head is [.., '|' or '>'] && (head.Length == 1 || head[^2] == ' ');
    }

    private static bool IsBlank(string content, int start, out int end)
    {
        end = start + Spaces(content, start);
        return end < content.Length && content[end] == '\n';
    }

    private static int Spaces(string content, int start)
    {
        var end = start;
        while (end < content.Length && content[end] == ' ') end++;
        return end - start;
    }

    private static int EndOfLine(string content, int start) => content.IndexOf('\n', start) is >= 0 and var end ? end : content.Length;
}
