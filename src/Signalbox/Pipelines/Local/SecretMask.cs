using System.Buffers;
using System.Text;

namespace Signalbox.Pipelines.Local;

/// <summary>
/// What is hidden, in each form that it takes in a log or a report: as it is, as JSON, XML and addresses spell it, and in Base64 at
/// each of the three offsets that a text around it may give.
/// </summary>
internal sealed class SecretPatterns
{
    /// <summary>Shorter ones would hide half of a log, and say by that what they are.</summary>
    public const int Shortest = 4;

    private readonly byte[][] _patterns;

    public SecretPatterns(IEnumerable<string> secrets)
    {
        var patterns = secrets.SelectMany(Forms).Where(pattern => pattern.Length >= Shortest).DistinctBy(Convert.ToHexString).OrderByDescending(pattern => pattern.Length).ToArray();
        _patterns = patterns;
        foreach (var pattern in patterns) First[pattern[0]] = true;
    }

    public bool None => _patterns.Length == 0;

    /// <summary>Whether a byte begins one of them.</summary>
    public bool[] First { get; } = new bool[256];

    /// <summary>What is hidden at the beginning of a text.</summary>
    /// <returns>The length of the longest that is there whole; and whether more text could make a longer one.</returns>
    public (int Whole, bool MayGoOn) At(ReadOnlySpan<byte> text)
    {
        foreach (var pattern in _patterns)
        {
            if (text.StartsWith(pattern)) return (pattern.Length, false);
            if (text.Length < pattern.Length && pattern.AsSpan().StartsWith(text)) return (WholeAt(text), true);
        }
        return (0, false);
    }

    private int WholeAt(ReadOnlySpan<byte> text)
    {
        foreach (var pattern in _patterns)
            if (text.StartsWith(pattern)) return pattern.Length;
        return 0;
    }

    private static IEnumerable<byte[]> Forms(string secret)
    {
        // a key in PEM is shown line by line
        foreach (var text in secret.Split('\n').Select(line => line.TrimEnd('\r')).Append(secret).Where(text => text.Length >= Shortest))
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            yield return bytes;
            foreach (var spelled in Spellings(text)) yield return Encoding.UTF8.GetBytes(spelled);
            for (var before = 0; before < 3; before++)
            {
                var encoded = Encoded(bytes, before);
                yield return Encoding.ASCII.GetBytes(encoded);
                yield return Encoding.ASCII.GetBytes(encoded.Replace('+', '-').Replace('/', '_'));
            }
        }
    }

    /// <summary>Within a JSON string, XML's text and attributes, and an address.</summary>
    private static IEnumerable<string> Spellings(string text)
    {
        yield return text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        var xml = text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
        yield return xml;
        xml = xml.Replace(">", "&gt;", StringComparison.Ordinal);
        yield return xml;
        yield return xml.Replace("\"", "&quot;", StringComparison.Ordinal);
        yield return xml.Replace("\"", "&quot;", StringComparison.Ordinal).Replace("'", "&apos;", StringComparison.Ordinal);
        yield return xml.Replace("\"", "&quot;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal);
        yield return Uri.EscapeDataString(text);
    }

    /// <summary>The letters of Base64 that depend on the secret alone, whatever stands before and behind it.</summary>
    private static string Encoded(byte[] secret, int before)
    {
        var encoded = Convert.ToBase64String([.. new byte[before], .. secret]).TrimEnd('=');
        var whole = (before + secret.Length) * 8 / 6;
        var from = before switch { 0 => 0, 1 => 2, _ => 3 };
        return whole > from ? encoded[from..whole] : "";
    }
}

/// <summary>
/// Takes secrets out of a stream of bytes, also one that is split across writes: what may be the beginning of one is held back
/// until more comes or the stream ends.
/// </summary>
internal sealed class SecretMask(SecretPatterns patterns)
{
    private static readonly byte[] s_stars = "***"u8.ToArray();

    private readonly ArrayBufferWriter<byte> _output = new();
    private byte[] _held = [];

    /// <summary>How many bytes from the beginning of what is held belong to a secret that was seen already.</summary>
    private int _hidden;

    /// <summary>Copies a whole text without its secrets.</summary>
    public static void Copy(Stream from, Stream to, SecretPatterns patterns)
    {
        var mask = new SecretMask(patterns);
        var buffer = new byte[64 * 1024];
        for (int count; (count = from.Read(buffer)) > 0;) to.Write(mask.Add(buffer.AsSpan(0, count)));
        to.Write(mask.End());
    }

    /// <returns>What may be shown; valid until the next call.</returns>
    public ReadOnlySpan<byte> Add(ReadOnlySpan<byte> text) => patterns.None ? text : Pass(text, last: false);

    /// <returns>What was held back.</returns>
    public ReadOnlySpan<byte> End() => patterns.None ? [] : Pass([], last: true);

    private ReadOnlySpan<byte> Pass(ReadOnlySpan<byte> text, bool last)
    {
        _output.ResetWrittenCount();
        byte[] all = [.. _held, .. text];
        var (at, hidden) = (0, _hidden);
        for (; at < all.Length; at++)
        {
            if (patterns.First[all[at]])
            {
                var (whole, mayGoOn) = patterns.At(all.AsSpan(at));
                if (mayGoOn && !last) break;
                // secrets may overlap: all that belongs to any is hidden
                if (whole > 0 && at + whole > hidden)
                {
                    if (hidden <= at) _output.Write(s_stars);
                    hidden = at + whole;
                }
            }
            if (at >= hidden) _output.Write(all.AsSpan(at, 1));
        }
        _held = all[at..];
        _hidden = Math.Max(0, hidden - at);
        return _output.WrittenSpan;
    }
}
