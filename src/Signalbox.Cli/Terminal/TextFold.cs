namespace Signalbox.Cli.Terminal;

/// <summary>Breaks lines between words where a terminal is too narrow for them; colour codes take no room.</summary>
internal static class TextFold
{
    private const string Indent = "      ";

    /// <param name="width">Columns; every character but those of colour codes is taken for one.</param>
    public static IEnumerable<string> Lines(string line, int width)
    {
        var room = Math.Max(width, Indent.Length + 8);
        while (BreakAt(line, room) is { } at)
        {
            yield return line[..at].TrimEnd(' ');
            line = Indent + line[at..].TrimStart(' ');
        }
        yield return line;
    }

    /// <returns>Where the line goes on below; null where it fits.</returns>
    private static int? BreakAt(string line, int room)
    {
        var (column, space) = (0, 0);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '\e')
            {
                i = Math.Max(i, line.IndexOf('m', i));
                continue;
            }
            if (column == room) return line[i] == ' ' ? i : space > 0 ? space : i;
            if (line[i] == ' ' && column > Indent.Length && line[i - 1] != ' ') space = i;
            column++;
        }
        return null;
    }
}
