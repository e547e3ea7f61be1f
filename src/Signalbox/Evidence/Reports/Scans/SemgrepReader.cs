using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Scans;

/// <summary>Semgrep's JSON (https://semgrep.dev/docs/semgrep-appsec-platform/json-and-sarif): code findings, and the supply-chain findings of its API.</summary>
internal sealed class SemgrepReader(ReportLimits limits) : JsonScanReader(new("semgrep", limits, FindingKind.Code))
{
    public override bool Read(JsonCursor json, int pass)
    {
        var known = false;
        foreach (var name in json.Properties())
        {
            known |= name is "results" or "vulns";
            if (name == "results") ReadAll(json, AddCode);
            else if (name == "vulns") ReadAll(json, AddDependency);
            else if (name == "errors") ReadErrors(json);
            else if (name == "hasMore" && json.Token == JsonTokenType.True) To.Incomplete = "the API has more pages of findings";
        }
        return known;
    }

    /// <summary>Warnings, of a file that could only be parsed in part, leave the rest looked at.</summary>
    private void ReadErrors(JsonCursor json)
    {
        if (json.Token != JsonTokenType.StartArray) return;
        foreach (var _ in json.Elements())
        {
            using var entry = json.Entry();
            if (entry.RootElement.Text("level"u8) == "error")
                To.Incomplete = $"Semgrep says that it failed: {JsonCursor.Shown(entry.RootElement.Text("message"u8) ?? entry.RootElement.Text("type"u8) ?? "an error without a message")}";
        }
    }

    private static void ReadAll(JsonCursor json, Action<JsonElement> add)
    {
        foreach (var _ in json.Elements())
        {
            using var entry = json.Entry();
            add(entry.RootElement);
        }
    }

    private void AddCode(JsonElement entry)
    {
        if (entry.Text("check_id"u8) is not { } rule) throw new ReportRefusedException("a result has no check_id");
        var extra = entry.At("extra"u8);
        var dependency = extra.At("sca_info"u8).At("dependency_match"u8).At("found_dependency"u8);
        To.Add(To.New(dependency.ValueKind == JsonValueKind.Object ? FindingKind.Vulnerability : FindingKind.Code, Severities.OfSemgrep(extra.Text("severity"u8)))
            .Id(rule).Id(extra.At("metadata"u8).Text("sca-vuln-database-identifier"u8)).Title(extra.Text("message"u8))
            .Package(dependency.Text("package"u8)).Version(dependency.Text("version"u8))
            .Path(entry.Text("path"u8)).Line(entry.At("start"u8).Whole("line"u8))
            .SetAside(extra.IsTrue("is_ignored"u8) ? "nosemgrep comment" : null));
    }

    private void AddDependency(JsonElement entry)
    {
        var advisory = entry.At("advisory"u8);
        var dependency = entry.At("matchedDependency"u8);
        var file = entry.At("dependencyFileLocation"u8);
        To.Add(To.New(FindingKind.Vulnerability, Severities.Of(advisory.Text("severity"u8)))
            .Id(advisory.Text("ruleId"u8)).Ids(advisory.At("references"u8).Texts("cveIds"u8)).Title(entry.Text("title"u8)).Title(advisory.Text("title"u8))
            .Package(dependency.Text("name"u8)).Version(dependency.Text("versionSpecifier"u8)).Path(file.Text("path"u8)).Line(file.Whole("startLine"u8))
            .FixedIn(entry.At("closestSafeDependency"u8).Texts("versionSpecifier"u8)));
    }
}
