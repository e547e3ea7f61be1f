using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Scans;

/// <summary>Grype's JSON (https://github.com/anchore/grype): matches, and apart from them those that its configuration, a VEX document or its own data ignores: they are set aside.</summary>
internal sealed class GrypeReader(ReportLimits limits) : JsonScanReader(new("grype", limits, FindingKind.Vulnerability))
{
    public override bool Read(JsonCursor json, int pass)
    {
        var known = false;
        foreach (var name in json.Properties())
            switch (name)
            {
                case "matches":
                    known = true;
                    ReadMatches(json, ignored: false);
                    break;
                case "ignoredMatches":
                    ReadMatches(json, ignored: true);
                    break;
                case "source":
                    ReadSource(json);
                    break;
                case "descriptor":
                    using (var descriptor = json.Entry()) To.MadeAt(descriptor.RootElement.Time("timestamp"u8));
                    break;
                default:
                    break;
            }
        return known;
    }

    private void ReadMatches(JsonCursor json, bool ignored)
    {
        foreach (var _ in json.Elements())
        {
            using var match = json.Entry();
            Add(match.RootElement, ignored ? Ignored(match.RootElement) : null);
        }
    }

    private void ReadSource(JsonCursor json)
    {
        using var source = json.Entry();
        var target = source.RootElement.At("target"u8);
        To.About(ReportSubject.From(target.Text() ?? target.Text("userInput"u8), [target.Text("manifestDigest"u8), .. target.Texts("repoDigests"u8)]));
    }

    /// <summary>The rule that ignores it may have a reason.</summary>
    private static string Ignored(JsonElement match)
    {
        foreach (var rule in match.Items("appliedIgnoreRules"u8))
            if ((rule.Text("reason"u8) ?? rule.Text("vex-justification"u8) ?? rule.Text("vex-status"u8)) is { } why) return $"Grype: ignored ({why})";
        return "Grype: ignored";
    }

    private void Add(JsonElement match, string? setAside)
    {
        var vulnerability = match.At("vulnerability"u8);
        var artifact = match.At("artifact"u8);
        var fix = vulnerability.At("fix"u8);
        var draft = To.New(FindingKind.Vulnerability, Severities.Of(vulnerability.Text("severity"u8)))
            .Id(vulnerability.Text("id"u8))
            .Package(artifact.Text("name"u8)).Version(artifact.Text("version"u8)).Purl(artifact.Text("purl"u8))
            .FixedIn(fix.Texts("versions"u8)).FixedIn(vulnerability.Texts("fixedInVersion"u8)).Fix(State(fix.Text("state"u8)))
            .SetAside(setAside);
        foreach (var related in match.Items("relatedVulnerabilities"u8)) draft.Id(related.Text("id"u8));
        foreach (var location in artifact.Items("locations"u8)) draft.Path(location.Text("path"u8));
        To.Add(draft);
    }

    private static FixState State(string? state) => state switch
    {
        "fixed" => FixState.Available,
        "not-fixed" or "wont-fix" => FixState.None,
        _ => FixState.Unknown,
    };
}
