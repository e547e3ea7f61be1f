using System.Text.Json;
using Signalbox.Diagnostics;

namespace Signalbox.Audit.Output;

/// <summary>SARIF 2.1.0 (OASIS), the form code hosts and editors read.</summary>
internal static class AuditSarif
{
    public static string Render(AuditReport report)
    {
        using var bytes = new MemoryStream();
        Write(bytes, report);
        return System.Text.Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    /// <summary>The rules that ran are named; the audit's notices about its own reading are added.</summary>
    private static void Write(Stream to, AuditReport report)
    {
        using var json = new Utf8JsonWriter(to, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        var all = report.Rules.Concat(Notices.All).ToList();
        var index = all.Select((r, i) => (r.Id, i)).ToDictionary(p => p.Id, p => p.i, StringComparer.Ordinal);
        json.WriteStartObject();
        json.WriteString("$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json");
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        Driver(json, all, report.Version);
        json.WriteString("columnKind", "utf16CodeUnits");
        json.WriteStartArray("results");
        foreach (var finding in report.Findings) Result(json, finding, index[finding.Rule.Id], report.Fingerprints.Of(finding));
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Driver(Utf8JsonWriter json, List<RuleInfo> rules, string version)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "signalbox");
        json.WriteString("version", version);
        json.WriteStartArray("rules");
        foreach (var rule in rules) Rule(json, rule);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Rule(Utf8JsonWriter json, RuleInfo rule)
    {
        json.WriteStartObject();
        json.WriteString("id", rule.Id);
        Text(json, "shortDescription", rule.Title);
        Text(json, "fullDescription", rule.Rationale);
        Text(json, "help", rule.Remedy);
        json.WriteStartObject("defaultConfiguration");
        json.WriteString("level", LevelOf(rule.Severity));
        json.WriteEndObject();
        json.WriteStartObject("properties");
        json.WriteString("security-severity", Score(rule.Severity));
        json.WriteStartArray("tags");
        json.WriteStringValue(rule.Theme.ToString());
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Result(Utf8JsonWriter json, AuditFinding finding, int rule, string fingerprint)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", finding.Rule.Id);
        json.WriteNumber("ruleIndex", rule);
        json.WriteString("level", LevelOf(finding.Severity));
        Text(json, "message", finding.Message);
        json.WriteStartArray("locations");
        Place(json, finding.Locations[0]);
        json.WriteEndArray();
        json.WriteStartObject("partialFingerprints");
        json.WriteString("signalbox/v1", fingerprint);
        json.WriteEndObject();
        if (finding.Locations.Count > 1)
        {
            json.WriteStartArray("relatedLocations");
            foreach (var location in finding.Locations.Skip(1)) Place(json, location);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void Place(Utf8JsonWriter json, Location at)
    {
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        json.WriteStartObject("artifactLocation");
        json.WriteString("uri", Uri(at.Path));
        json.WriteEndObject();
        if (at.Line > 0)
        {
            json.WriteStartObject("region");
            json.WriteNumber("startLine", at.Line);
            json.WriteNumber("startColumn", at.Column);
            json.WriteNumber("endColumn", at.Column + at.Length);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        if (at.Annotation is { } annotation) Text(json, "message", annotation);
        json.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private static string Uri(string path) => string.Join('/', path.Split('/').Select(System.Uri.EscapeDataString));

    private static string LevelOf(RuleSeverity severity) => severity switch
    {
        RuleSeverity.Critical or RuleSeverity.High => "error",
        RuleSeverity.Medium => "warning",
        _ => "note",
    };

    // the bands code hosts sort by: over 9 critical, over 7 high, over 4 medium
    private static string Score(RuleSeverity severity) => severity switch
    {
        RuleSeverity.Critical => "9.5",
        RuleSeverity.High => "8.0",
        RuleSeverity.Medium => "5.5",
        RuleSeverity.Low => "3.0",
        _ => "0.0",
    };
}
