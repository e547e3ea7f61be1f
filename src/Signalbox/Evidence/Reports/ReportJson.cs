using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Signalbox.Evidence.Reports;

/// <summary>
/// The normalised model as one JSON object (docs/evidence-reports.md). What a report does not say is left out. A severity
/// that is not stated is written as info, with <c>"severityKnown": false</c>.
/// </summary>
public static class ReportJson
{
    private const int FlushAt = 64 << 10;

    /// <summary>Writes the object and a line's end, piece by piece.</summary>
    public static void Write(TextWriter to, Report report)
    {
        var bytes = new ArrayBufferWriter<byte>(FlushAt * 2);
        using var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        var sink = new Sink(to, bytes, json);
        json.WriteStartObject();
        json.WriteString("kind", report.Kind);
        WriteOwn(json, report, sink);
        WriteShared(json, report);
        json.WriteEndObject();
        sink.Flush();
        to.WriteLine();
    }

    private static void WriteOwn(Utf8JsonWriter json, Report report, Sink sink)
    {
        switch (report)
        {
            case ScanReport scan:
                Text(json, "tool", scan.Tool);
                WriteFindings(json, scan.Findings.Where(f => f.Part is null), sink);
                WriteParts(json, scan, sink);
                break;
            case SbomReport sbom:
                SbomJson.Write(json, sbom);
                if (sbom.Findings is { } findings) WriteFindings(json, findings, sink);
                break;
            case CoverageReport coverage:
                json.WriteString("format", coverage.Format);
                WriteCovered(json, "lines", coverage.Lines);
                WriteCovered(json, "branches", coverage.Branches);
                break;
            case TestReport tests:
                WriteTests(json, tests);
                break;
            case VexReport vex:
                json.WriteString("format", vex.Format);
                Text(json, "author", vex.Author);
                WriteStatements(json, vex.Statements);
                break;
            case QualityGateReport gate:
                WriteGate(json, gate);
                break;
            case RefusedReport refused:
                json.WriteBoolean("valid", false);
                json.WriteString("reason", refused.Reason);
                // an empty file has no findings as well as no proof that there are none
                if (refused.IsEmpty) WriteFindings(json, [], sink);
                break;
            default:
                throw new ArgumentException($"{report.GetType().Name} has no JSON form", nameof(report));
        }
    }

    private static void WriteShared(Utf8JsonWriter json, Report report)
    {
        if (report.GeneratedAt is { } time) json.WriteString("generatedAt", time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", System.Globalization.CultureInfo.InvariantCulture));
        if (report.Subject is { } subject)
        {
            json.WriteStartObject("subject");
            Text(json, "name", subject.Name);
            Texts(json, "digests", subject.Digests);
            json.WriteEndObject();
        }
        Text(json, "incomplete", report.Incomplete);
    }

    /// <summary>Reports within the report, each with findings of its own.</summary>
    private static void WriteParts(Utf8JsonWriter json, ScanReport scan, Sink sink)
    {
        if (scan.Findings.All(f => f.Part is null)) return;
        json.WriteStartArray("parts");
        foreach (var part in scan.Findings.Where(f => f.Part is not null).GroupBy(f => f.Part))
        {
            json.WriteStartObject();
            json.WriteString("name", part.Key);
            WriteFindings(json, part, sink);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteFindings(Utf8JsonWriter json, IEnumerable<ScanFinding> findings, Sink sink)
    {
        json.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            WriteFinding(json, finding);
            sink.FlushIfFull();
        }
        json.WriteEndArray();
    }

    private static void WriteFinding(Utf8JsonWriter json, ScanFinding finding)
    {
        json.WriteStartObject();
        json.WriteString("kind", Word(finding.Kind.ToString()));
        FirstAndRest(json, "id", "ids", finding.Ids);
        json.WriteString("severity", finding.Severity == FindingSeverity.Unknown ? "info" : Word(finding.Severity.ToString()));
        if (finding.Severity == FindingSeverity.Unknown) json.WriteBoolean("severityKnown", false);
        FirstAndRest(json, "package", "packages", finding.Packages);
        FirstAndRest(json, "version", "versions", finding.Versions);
        Text(json, "purl", finding.Purl);
        FirstAndRest(json, "path", "paths", finding.Paths);
        Lines(json, finding.Lines);
        FirstAndRest(json, "title", "titles", finding.Titles);
        if (finding.Fix != FixState.Unknown) json.WriteBoolean("fixAvailable", finding.Fix == FixState.Available);
        if (finding.FixedVersions.Count > 0) Texts(json, "fixedVersions", finding.FixedVersions);
        Text(json, "setAside", finding.SetAside);
        json.WriteEndObject();
    }

    private static void FirstAndRest(Utf8JsonWriter json, string one, string more, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0) return;
        json.WriteString(one, texts[0]);
        if (texts.Count == 1) return;
        json.WriteStartArray(more);
        for (var i = 1; i < texts.Count; i++) json.WriteStringValue(texts[i]);
        json.WriteEndArray();
    }

    private static void Lines(Utf8JsonWriter json, IReadOnlyList<int> lines)
    {
        if (lines.Count == 0) return;
        json.WriteNumber("line", lines[0]);
        if (lines.Count == 1) return;
        json.WriteStartArray("lines");
        for (var i = 1; i < lines.Count; i++) json.WriteNumberValue(lines[i]);
        json.WriteEndArray();
    }

    private static void WriteCovered(Utf8JsonWriter json, string name, Covered covered)
    {
        json.WriteStartObject(name);
        json.WriteNumber("covered", covered.Count);
        json.WriteNumber("total", covered.Total);
        json.WriteEndObject();
    }

    private static void WriteTests(Utf8JsonWriter json, TestReport tests)
    {
        json.WriteString("format", tests.Format);
        json.WriteNumber("total", tests.Total);
        json.WriteNumber("passed", tests.Passed);
        json.WriteNumber("failed", tests.Failed);
        json.WriteNumber("errors", tests.Errors);
        json.WriteNumber("skipped", tests.Skipped);
        if (tests.Duration is { } duration) json.WriteNumber("seconds", duration.TotalSeconds);
        json.WriteStartArray("failures");
        foreach (var failure in tests.Failures)
        {
            json.WriteStartObject();
            json.WriteString("name", failure.Name);
            Text(json, "message", failure.Message);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteGate(Utf8JsonWriter json, QualityGateReport gate)
    {
        json.WriteString("tool", gate.Tool);
        json.WriteString("status", gate.Status);
        json.WriteBoolean("passed", gate.Passed);
        json.WriteStartArray("conditions");
        foreach (var condition in gate.Conditions)
        {
            json.WriteStartObject();
            json.WriteString("metric", condition.Metric);
            json.WriteString("status", condition.Status);
            Text(json, "comparator", condition.Comparator);
            Text(json, "threshold", condition.Threshold);
            Text(json, "actual", condition.Actual);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    internal static void WriteStatements(Utf8JsonWriter json, IReadOnlyList<VexStatement> statements)
    {
        json.WriteStartArray("statements");
        foreach (var statement in statements)
        {
            json.WriteStartObject();
            FirstAndRest(json, "vulnerability", "aliases", statement.Vulnerabilities);
            Texts(json, "products", [.. statement.Products.SelectMany(p => p.Subcomponents.Count == 0 ? [p.Name] : p.Subcomponents.Select(s => $"{p.Name} > {s}"))]);
            json.WriteString("status", statement.Status switch
            {
                VexStatus.NotAffected => "not_affected",
                VexStatus.Affected => "affected",
                VexStatus.Fixed => "fixed",
                _ => "under_investigation",
            });
            Text(json, "reason", statement.Reason);
            if (statement.Timestamp is { } time) json.WriteString("timestamp", time);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    internal static void Text(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null) json.WriteString(name, text);
    }

    internal static void Texts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static string Word(string name) => name.ToLowerInvariant();

    /// <summary>Hands on what is written, so that a long report is never whole in memory a second time.</summary>
    private sealed class Sink(TextWriter to, ArrayBufferWriter<byte> bytes, Utf8JsonWriter json)
    {
        public void FlushIfFull()
        {
            if (bytes.WrittenCount + json.BytesPending > FlushAt) Flush();
        }

        public void Flush()
        {
            json.Flush();
            to.Write(Encoding.UTF8.GetString(bytes.WrittenSpan));
            bytes.ResetWrittenCount();
        }
    }
}
