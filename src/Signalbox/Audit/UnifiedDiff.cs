using System.Globalization;
using System.Text;

namespace Signalbox.Audit;

/// <summary>What changed in a text, as <c>diff -u</c> writes it; <c>git apply</c> and <c>patch -p1</c> take it.</summary>
internal static class UnifiedDiff
{
    private const int Context = 3;

    // more differing lines than that are shown as one block: the table below grows with their product
    private const int MostCells = 4_000_000;

    public static string Of(string path, string before, string after)
    {
        var (old, now) = (Lines(before), Lines(after));
        var edits = Script(old, now);
        var text = new StringBuilder($"--- a/{path}\n+++ b/{path}\n");
        for (var at = 0; at < edits.Count;)
        {
            if (edits[at].Sign == ' ')
            {
                at++;
                continue;
            }
            var from = Math.Max(0, at - Context);
            var to = EndOf(edits, at);
            Hunk(text, edits, from, to);
            at = to;
        }
        return text.ToString();
    }

    /// <summary>Where a hunk ends: after its trailing context, taking in changes that follow within twice that.</summary>
    private static int EndOf(List<Edit> edits, int at)
    {
        var last = at;
        for (var i = at; i < edits.Count && i - last <= Context * 2; i++)
            if (edits[i].Sign != ' ') last = i;
        return Math.Min(edits.Count, last + Context + 1);
    }

    private static void Hunk(StringBuilder text, List<Edit> edits, int from, int to)
    {
        var piece = edits[from..to];
        var (old, now) = (piece.Count(e => e.Sign != '+'), piece.Count(e => e.Sign != '-'));
        text.Append(CultureInfo.InvariantCulture, $"@@ -{Start(piece[0].Old, old)},{old} +{Start(piece[0].New, now)},{now} @@\n");
        foreach (var edit in piece)
        {
            text.Append(edit.Sign).Append(edit.Line);
            if (!edit.Line.EndsWith('\n')) text.Append("\n\\ No newline at end of file\n");
        }
    }

    // an empty side is named by the line before it
    private static int Start(int index, int count) => count == 0 ? index : index + 1;

    private static List<string> Lines(string text)
    {
        var lines = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end + 1;
            lines.Add(text[at..end]);
            at = end;
        }
        return lines;
    }

    private static List<Edit> Script(List<string> old, List<string> now)
    {
        var head = 0;
        while (head < old.Count && head < now.Count && old[head] == now[head]) head++;
        var tail = 0;
        while (tail < old.Count - head && tail < now.Count - head && old[^(tail + 1)] == now[^(tail + 1)]) tail++;
        var edits = new List<Edit>();
        for (var i = 0; i < head; i++) edits.Add(new(' ', old[i], i, i));
        Middle(old, now, head, old.Count - tail, now.Count - tail, edits);
        for (var i = tail; i > 0; i--) edits.Add(new(' ', old[^i], old.Count - i, now.Count - i));
        return edits;
    }

    /// <summary>The longest common subsequence of what differs, by the table.</summary>
    private static void Middle(List<string> old, List<string> now, int from, int oldEnd, int nowEnd, List<Edit> edits)
    {
        var (rows, columns) = (oldEnd - from, nowEnd - from);
        var same = (long)rows * columns > MostCells ? null : Table(old, now, from, rows, columns);
        var (i, j) = (0, 0);
        while (i < rows || j < columns)
        {
            if (same is not null && i < rows && j < columns && old[from + i] == now[from + j])
                edits.Add(new(' ', old[from + i], from + i++, from + j++));
            else if (i < rows && (same is null || j == columns || same[i + 1, j] >= same[i, j + 1]))
                edits.Add(new('-', old[from + i], from + i++, from + j));
            else
                edits.Add(new('+', now[from + j], from + i, from + j++));
        }
    }

    private static int[,] Table(List<string> old, List<string> now, int from, int rows, int columns)
    {
        var same = new int[rows + 1, columns + 1];
        for (var i = rows - 1; i >= 0; i--)
            for (var j = columns - 1; j >= 0; j--)
                same[i, j] = old[from + i] == now[from + j] ? same[i + 1, j + 1] + 1 : Math.Max(same[i + 1, j], same[i, j + 1]);
        return same;
    }

    /// <param name="Old">How many lines of the old text came before.</param>
    /// <param name="New">How many lines of the new text came before.</param>
    private readonly record struct Edit(char Sign, string Line, int Old, int New);
}
