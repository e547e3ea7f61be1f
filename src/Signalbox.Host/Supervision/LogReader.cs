using System.Globalization;
using System.Text;

namespace Signalbox.Host.Supervision;

/// <param name="Stream">stdout or stderr.</param>
/// <param name="Text">Without control characters: it goes to people's terminals.</param>
internal sealed record LogEntry(DateTimeOffset At, string Stream, string Text);

/// <summary>Reads the ends of the logs that shims write.</summary>
internal static class LogReader
{
    /// <summary>However many lines are asked for, no more of a file than this is read.</summary>
    private const int MostRead = 4 * 1024 * 1024;

    /// <summary>Room for each line's mark, on top of the bytes asked for.</summary>
    private const int MarkBytes = 64;

    /// <summary>The newest lines, oldest first.</summary>
    /// <param name="bytes">Of text in all; the first line may be cut at its front.</param>
    /// <returns>Empty where there is no log.</returns>
    public static IReadOnlyList<LogEntry> Tail(string path, int lines, int bytes)
    {
        var wanted = (int)Math.Min(MostRead, (long)bytes + ((long)lines * MarkBytes) + (bytes / 1024 * MarkBytes));
        var entries = Parse(ReadEnd(path, wanted));
        if (entries.Count < lines) entries.InsertRange(0, Parse(ReadEnd(path + ".1", wanted)));
        return Newest(entries, lines, bytes);
    }

    internal static List<LogEntry> Parse(byte[] content)
    {
        var entries = new List<LogEntry>();
        var open = new Dictionary<string, (DateTimeOffset At, StringBuilder Text)>();
        foreach (var line in Encoding.UTF8.GetString(content).Split('\n'))
        {
            // the first line is cut where the file is longer than what was read, and is no entry then
            if (Fields(line) is not var (at, stream, partial, text)) continue;
            if (!open.TryGetValue(stream, out var entry)) entry = (at, new());
            entry.Text.Append(text);
            if (partial) open[stream] = entry;
            else Close(stream, entry);
        }
        foreach (var (stream, entry) in open.ToList()) Close(stream, entry);
        return entries;

        void Close(string stream, (DateTimeOffset At, StringBuilder Text) entry)
        {
            entries.Add(new(entry.At, stream, Clean(entry.Text.ToString())));
            open.Remove(stream);
        }
    }

    private static (DateTimeOffset At, string Stream, bool Partial, string Text)? Fields(string line)
    {
        var fields = line.Split(' ', 4);
        if (fields.Length < 4 || fields[1] is not ("stdout" or "stderr") || fields[2] is not ("F" or "P")) return null;
        return DateTimeOffset.TryParseExact(fields[0], "O", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? (at, fields[1], fields[2] == "P", fields[3])
            : null;
    }

    private static string Clean(string text) => string.Concat(text.Where(c => c == '\t' || !char.IsControl(c)));

    private static List<LogEntry> Newest(List<LogEntry> entries, int lines, int bytes)
    {
        var taken = new List<LogEntry>();
        for (var i = entries.Count - 1; i >= 0 && taken.Count < lines && bytes > 0; i--)
        {
            var text = entries[i].Text;
            while (Encoding.UTF8.GetByteCount(text) > bytes) text = text[Math.Min(text.Length, Math.Max(1, text.Length - bytes))..];
            bytes -= Encoding.UTF8.GetByteCount(text);
            taken.Add(entries[i] with { Text = text });
        }
        taken.Reverse();
        return taken;
    }

    private static byte[] ReadEnd(string path, int wanted)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(file);
            var content = new byte[Math.Min(length, wanted)];
            var read = RandomAccess.Read(file, content, length - content.Length);
            return content[..read];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
