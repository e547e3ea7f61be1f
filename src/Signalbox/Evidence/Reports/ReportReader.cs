using System.Text;
using System.Text.Json;
using System.Xml;
using Signalbox.Evidence.Reports.Coverage;
using Signalbox.Evidence.Reports.Json;
using Signalbox.Evidence.Reports.Xml;

namespace Signalbox.Evidence.Reports;

/// <summary>
/// Reads the reports of scanners, SBOM tools, coverage tools and test runners into one model. The format is recognised by
/// the content. Pure but for the stream: no network, no other file, no clock.
/// </summary>
public static class ReportReader
{
    /// <summary>Begins the reason of a refusal that no reader foresaw; tests look for it.</summary>
    internal const string Unforeseen = "it could not be read";

    /// <summary>Reads a report from where the stream stands to its end, in memory that does not grow with it.</summary>
    /// <param name="stream">One that cannot seek is copied to a temporary file first, because some formats are gone through twice.</param>
    /// <returns>A <see cref="RefusedReport"/> for whatever is malformed, unknown, or larger than the limits or the memory; never an exception for that.</returns>
    /// <exception cref="IOException">The stream cannot be read: nothing is known of the report.</exception>
    public static Report Read(Stream stream, ReportLimits? limits = null, CancellationToken cancel = default)
    {
        limits ??= ReportLimits.Default;
        try
        {
            if (stream.CanSeek) return ReadSeekable(stream, limits, cancel);
            using var copy = Copy(stream, limits, cancel);
            return ReadSeekable(copy, limits, cancel);
        }
        catch (Exception e) when (e is not (OperationCanceledException or IOException))
        {
            return new RefusedReport(Reason(e));
        }
    }

    /// <inheritdoc cref="Read"/>
    public static Task<Report> ReadAsync(Stream stream, ReportLimits? limits = null, CancellationToken cancel = default) =>
        Task.Run(() => Read(stream, limits, cancel), cancel);

    /// <summary>What the parsers say, in the words of the house where they are not.</summary>
    private static string Reason(Exception e) => e switch
    {
        ReportRefusedException => e.Message,
        JsonException json => $"this is not well-formed JSON: {Lower(Words(json))}",
        XmlException => $"this is not well-formed XML: {Lower(e.Message)}",
        DecoderFallbackException => "a text in it is not valid in its encoding",
        InvalidOperationException when e.Message.Contains("UTF-", StringComparison.Ordinal) => "a text in it is not valid UTF-8",
        OutOfMemoryException => "it takes more memory than there is",
        OverflowException => "a number in it is larger than any count",
        _ => $"{Unforeseen}: {Lower(e.Message)}",
    };

    /// <summary>Without the position as .NET writes it, from 0.</summary>
    private static string Words(JsonException e)
    {
        var message = e.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd();
        return e.LineNumber is { } line ? $"{message.TrimEnd('.')} (line {line + 1}, byte {e.BytePositionInLine + 1})" : message;
    }

    private static string Lower(string message) => message.Length == 0 ? message : char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.');

    private static FileStream Copy(Stream stream, ReportLimits limits, CancellationToken cancel)
    {
        var file = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 64 << 10, FileOptions.DeleteOnClose);
        try
        {
            new GuardedStream(stream, limits.MaxBytes, cancel).CopyTo(file);
            file.Position = 0;
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static Report ReadSeekable(Stream stream, ReportLimits limits, CancellationToken cancel)
    {
        limits = limits.For(stream.Length - stream.Position);
        var source = ReportSource.Of(stream, limits, cancel);
        if (source.Start.Length == 0) return new RefusedReport("the file is empty: some scanners write that when they find nothing, and so does a scanner that crashed", IsEmpty: true);
        if (source.Start[0] is '{' or '[' || source.Start.StartsWith("null", StringComparison.Ordinal)) return ReadJson(source, limits, cancel);
        if (source.Start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || source.Start.StartsWith("<html", StringComparison.OrdinalIgnoreCase))
            throw new ReportRefusedException("this is a web page; expected the tool's JSON or XML report");
        if (source.Start[0] == '<') return ReadXml(source, limits);
        if (LcovReader.Fits(source.Start)) return new LcovReader(limits).Read(source.Open());
        throw new ReportRefusedException("this is neither JSON nor XML nor LCOV");
    }

    private static Report ReadXml(ReportSource source, ReportLimits limits)
    {
        using var xml = new XmlCursor(source.OpenXml(), limits);
        var report = XmlFormats.Read(xml, limits);
        xml.Finish();
        return report;
    }

    private static Report ReadJson(ReportSource source, ReportLimits limits, CancellationToken cancel)
    {
        var shape = new JsonShape(new JsonCursor(source.Open(), limits, cancel), JsonFormats.IsKnown);
        shape.Look();
        if (shape.IsEmpty) return new ScanReport(null, []);
        var reader = JsonFormats.ReaderFor(shape, limits) ?? throw new ReportRefusedException("no known report has these keys");
        for (var pass = 1; pass <= reader.Passes; pass++)
        {
            var json = new JsonCursor(source.Open(), limits, cancel);
            while (json.Read()) ReadValue(json, reader, pass, 0);
        }
        return reader.Done();
    }

    /// <summary>An array of reports, or arrays of such, is read as all of them.</summary>
    private static void ReadValue(JsonCursor json, JsonReportReader reader, int pass, int nested)
    {
        if (json.Token == JsonTokenType.StartArray && nested < 3)
            foreach (var _ in json.Elements()) ReadValue(json, reader, pass, nested + 1);
        else if (json.Token != JsonTokenType.Null && (json.Token != JsonTokenType.StartObject || !reader.Read(json, pass)))
            throw new ReportRefusedException("a part of the report is not of the format that the rest has");
    }
}
