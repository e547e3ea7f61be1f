using System.Text;

namespace Signalbox.Yaml;

/// <summary>
/// Reads one YAML document with the place of every node. Hostile input gives problems, never an exception:
/// size, depth and alias expansion are limited, and bytes that are not YAML text are named with their place.
/// </summary>
public static class YamlReader
{
    public static YamlDocument Read(ReadOnlySpan<byte> utf8, YamlLimits? limits = null)
    {
        limits ??= new();
        if (utf8.Length > limits.MaxBytes) return Refused(YamlText.Empty, TooLarge(utf8.Length, limits.MaxBytes));
        if (Decode(utf8, out var text) is { } bad) return Refused(text, bad);
        return Control(text) is { } control ? Refused(text, control) : new YamlTreeBuilder(text, limits).Build();
    }

    /// <summary>Reads every document of a file.</summary>
    /// <param name="lastWins">Whether of a key that is given twice the last counts, as for Kubernetes' tools; else that is a problem.</param>
    public static YamlStream ReadAll(YamlText text, YamlLimits? limits = null, bool lastWins = false)
    {
        limits ??= new();
        if (text.Content.Length > limits.MaxBytes) return new([], text, [TooLarge(text.Content.Length, limits.MaxBytes)]);
        return Control(text) is { } control ? new([], text, [control]) : new YamlTreeBuilder(text, limits, lastWins: lastWins).BuildAll();
    }

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static YamlDocument ReadFile(string path, YamlLimits? limits = null)
    {
        limits ??= new();
        using var stream = File.OpenRead(path);
        // a pipe or a device has no length: one byte past the limit tells enough
        var buffer = new byte[Math.Min(limits.MaxBytes + 1L, stream.CanSeek && stream.Length > 0 ? stream.Length + 1 : long.MaxValue)];
        var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        var size = stream.CanSeek ? Math.Max(stream.Length, read) : read;
        return size > limits.MaxBytes
            ? Refused(YamlText.Empty, TooLarge(size, limits.MaxBytes))
            : Read(buffer.AsSpan(0, read), limits);
    }

    private static YamlDocument Refused(YamlText text, YamlProblem problem) => new(null, text, [problem]);

    private static YamlProblem TooLarge(long size, int limit) => new(
        "yaml-too-large", $"the file has {size:N0} bytes; at most {limit:N0} are read", new(1, 1, 1), Annotation: "expected a smaller file: applications can have files of their own");

    /// <summary>The text of a UTF-8 file without its byte order mark.</summary>
    /// <returns>What keeps it from being text, with <paramref name="text"/> as far as it could be decoded; else null.</returns>
    public static YamlProblem? Decode(ReadOnlySpan<byte> utf8, out YamlText text)
    {
        if (utf8.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) utf8 = utf8[3..];
        text = new(Encoding.UTF8.GetString(utf8));
        if (utf8.Length >= 2 && utf8[..2] is [0xFE, 0xFF] or [0xFF, 0xFE])
            return new("yaml-encoding", "the file is UTF-16; expected UTF-8", new(1, 1, 1), "iconv -f UTF-16 -t UTF-8");
        var valid = System.Text.Unicode.Utf8.IsValid(utf8) ? -1 : FirstInvalid(utf8);
        if (valid < 0) return null;
        var place = text.At(Encoding.UTF8.GetCharCount(utf8[..valid]));
        return new("yaml-encoding", $"byte 0x{utf8[valid]:x2} is not UTF-8", place, Annotation: "expected UTF-8 text");
    }

    private static int FirstInvalid(ReadOnlySpan<byte> utf8)
    {
        for (var at = 0; at < utf8.Length;)
        {
            if (Rune.DecodeFromUtf8(utf8[at..], out _, out var consumed) != System.Buffers.OperationStatus.Done) return at;
            at += consumed;
        }
        return -1;
    }

    private static YamlProblem? Control(YamlText text)
    {
        for (var i = 0; i < text.Content.Length; i++)
            if (!IsPrintable(text.Content[i]))
                return new("yaml-control-character", $"control character U+{(int)text.Content[i]:X4} is not allowed in YAML", text.At(i),
                    Annotation: "remove it, or write it as an escape in double quotes");
        return null;
    }

    // YAML 1.2, 5.1 c-printable
    private static bool IsPrintable(char c) =>
        c is '\t' or '\n' or '\r' or '\u0085' or (>= ' ' and < '\u007f') or (>= '\u00a0' and not ('\ufffe' or '\uffff'));
}
