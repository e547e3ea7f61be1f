using System.Text;

namespace Signalbox.Evidence.Reports;

/// <summary>The bytes of a report, to be gone through more than once, as UTF-8 without a byte order mark.</summary>
internal sealed class ReportSource
{
    private const int LookedAt = 1024;
    private readonly Stream _stream;
    private readonly ReportLimits _limits;
    private readonly CancellationToken _cancel;
    private readonly Encoding _encoding;
    private readonly long _begin;
    private readonly long _text;
    private readonly long _content;

    private ReportSource(Stream stream, ReportLimits limits, CancellationToken cancel)
    {
        (_stream, _limits, _cancel, _begin) = (stream, limits, cancel, stream.Position);
        var head = new byte[LookedAt];
        var length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        (_encoding, var mark) = EncodingOf(head.AsSpan(0, length));
        var start = _encoding.GetString(head, mark, length - mark);
        Start = start.TrimStart();
        _text = _begin + mark;
        // white space before an XML declaration is an error to XML parsers, and harmless
        _content = _text + _encoding.GetByteCount(start.AsSpan(0, start.Length - Start.Length));
    }

    /// <summary>The first characters that are no white space; empty where there are none.</summary>
    public string Start { get; }

    public static ReportSource Of(Stream stream, ReportLimits limits, CancellationToken cancel) => new(stream, limits, cancel);

    /// <summary>From the beginning, as UTF-8.</summary>
    public Stream Open()
    {
        _stream.Position = _text;
        var guarded = new GuardedStream(_stream, _limits.MaxBytes, _cancel);
        if (_encoding is UTF8Encoding) return guarded;
        var strict = (Encoding)_encoding.Clone();
        strict.DecoderFallback = DecoderFallback.ExceptionFallback;
        return Encoding.CreateTranscodingStream(guarded, strict, new UTF8Encoding(false), leaveOpen: true);
    }

    /// <summary>In the file's own encoding, which XML states; in UTF-8 from the first element.</summary>
    public GuardedStream OpenXml()
    {
        _stream.Position = _encoding is UTF8Encoding ? _content : _begin;
        return new(_stream, _limits.MaxBytes, _cancel);
    }

    /// <summary>By the byte order mark, else by the zero bytes that the first two characters have (RFC 4627, 3).</summary>
    private static (Encoding Encoding, int Mark) EncodingOf(ReadOnlySpan<byte> head) => head switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (new UTF8Encoding(false), 3),
        [0xFF, 0xFE, 0, 0, ..] => (new UTF32Encoding(false, true), 4),
        [0, 0, 0xFE, 0xFF, ..] => (new UTF32Encoding(true, true), 4),
        [0xFF, 0xFE, ..] => (new UnicodeEncoding(false, true), 2),
        [0xFE, 0xFF, ..] => (new UnicodeEncoding(true, true), 2),
        [not 0, 0, not 0, 0, ..] => (new UnicodeEncoding(false, false), 0),
        [0, not 0, 0, not 0, ..] => (new UnicodeEncoding(true, false), 0),
        _ => (new UTF8Encoding(false), 0),
    };
}
