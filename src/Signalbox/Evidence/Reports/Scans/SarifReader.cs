using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Scans;

/// <summary>SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/): one finding for each result, whatever number of locations it has.</summary>
internal sealed class SarifReader(ReportLimits limits) : JsonScanReader(new(Tool, limits) { FindingsSayWhat = false })
{
    /// <summary>What reports of the format are kept as, whoever wrote them.</summary>
    public const string Tool = "sarif";

    /// <summary>Places of one result that are looked at: as many as a finding keeps.</summary>
    private const int MostLocations = FindingDraft.MaxValues;

    private readonly List<SarifRun> _runs = [];
    private int _run;

    /// <summary>A run's rules and artifacts may stand behind its results.</summary>
    public override int Passes => 2;

    public override bool Read(JsonCursor json, int pass)
    {
        var known = false;
        foreach (var name in json.Properties())
            if (name == "runs")
            {
                known = true;
                ReadRuns(json, pass);
            }
            else if (name == "inlineExternalProperties" && HaveResults(json)) To.Incomplete = "results lie in inlineExternalProperties, which are not read";
        return known;
    }

    private void ReadRuns(JsonCursor json, int pass)
    {
        var before = _run;
        foreach (var _ in json.Elements())
            if (pass == 1) _runs.Add(LookAt(json));
            else ReadRun(json, _runs[_run++]);
        if (pass == 2 && _run == before) To.Incomplete ??= "there is no run in it, so nothing says that anybody looked";
    }

    private SarifRun LookAt(JsonCursor json)
    {
        var run = new SarifRun(limits.MaxTextLength);
        foreach (var name in json.Properties())
            switch (name)
            {
                case "tool":
                    using (var tool = json.Entry()) run.AddTool(tool.RootElement);
                    break;
                case "artifacts":
                    foreach (var _ in json.Elements())
                    {
                        using var artifact = json.Entry();
                        run.AddArtifact(artifact.RootElement);
                    }
                    break;
                case "originalUriBaseIds":
                    using (var bases = json.Entry()) run.AddBases(bases.RootElement);
                    break;
                case "invocations":
                    ReadInvocations(json);
                    break;
                case "externalPropertyFileReferences" when HaveResults(json):
                    To.Incomplete = "results lie in other files (externalPropertyFileReferences)";
                    break;
                default:
                    break;
            }
        return run;
    }

    private static bool HaveResults(JsonCursor json)
    {
        using var properties = json.Entry();
        var element = properties.RootElement;
        return element.At("results"u8).ValueKind != JsonValueKind.Undefined || element.Items().Any(e => e.At("results"u8).ValueKind != JsonValueKind.Undefined);
    }

    private void ReadInvocations(JsonCursor json)
    {
        foreach (var _ in json.Elements())
        {
            using var entry = json.Entry();
            To.MadeAt(entry.RootElement.Time("endTimeUtc"u8) ?? entry.RootElement.Time("startTimeUtc"u8));
            if (entry.RootElement.At("executionSuccessful"u8).ValueKind == JsonValueKind.False) To.Incomplete = "the tool says that its run did not succeed";
        }
    }

    private void ReadRun(JsonCursor json, SarifRun run)
    {
        if (run.Driver is { } driver) To.Driver(driver);
        if (SarifDrivers.Covers(run.Driver) is { } covered) To.Looked(covered);
        var has = false;
        foreach (var name in json.Properties())
            if (name == "results")
            {
                has = json.Token == JsonTokenType.StartArray;
                foreach (var _ in json.Elements())
                {
                    using var result = json.Entry();
                    Add(result.RootElement, run);
                }
            }
        // 3.14.23: null, or no list at all, where the run was not to look for results, or failed
        if (!has) To.Incomplete ??= "a run has no list of results, so it was not to look for any, or failed";
    }

    private void Add(JsonElement result, SarifRun run)
    {
        var id = result.Text("ruleId"u8) ?? result.At("rule"u8).Text("id"u8);
        if (id?.Length > limits.MaxTextLength) id = id[..limits.MaxTextLength];
        var rule = run.RuleOf(result, id);
        var draft = To.New(SarifDrivers.KindOf(run.Driver, rule), Severity(result, rule))
            .Id(id ?? rule?.Id).Ids(VulnerabilityIds.In(id ?? rule?.Id))
            .Title(run.MessageOf(result, rule)).Title(rule?.ShortText).Title(rule?.FullText).Title(rule?.Name)
            .SetAside(SetAside(result));
        foreach (var location in result.Items("locations"u8).Take(MostLocations)) AddLocation(draft, location.At("physicalLocation"u8), run);
        To.Add(draft);
    }

    private static void AddLocation(FindingDraft draft, JsonElement physical, SarifRun run)
    {
        var artifact = physical.At("artifactLocation"u8);
        draft.Path(artifact.Text("uri"u8) ?? run.ArtifactOf(artifact)).Path(run.Resolved(artifact));
        draft.Line(physical.At("region"u8).Whole("startLine"u8));
    }

    private static FindingSeverity Severity(JsonElement result, SarifRule? rule)
    {
        var stated = Stated(result.At("properties"u8).Text("security-severity"u8)).Or(Stated(rule?.SecuritySeverity));
        if (stated != FindingSeverity.Unknown) return stated;
        if (result.Text("level"u8) is { } level) return Severities.OfSarifLevel(level).Or(FindingSeverity.Medium);
        // 3.27.10: what is no failure has no level of its own
        if (result.Text("kind"u8) is { } kind && kind != "fail") return FindingSeverity.Info;
        return Severities.OfSarifLevel(rule?.Level).Or(FindingSeverity.Medium);
    }

    /// <summary>A CVSS score as GitHub reads it, or a word as some tools write it.</summary>
    private static FindingSeverity Stated(string? text) => Severities.OfScore(Values.Number(text)).Or(Severities.Of(text));

    private static string? SetAside(JsonElement result)
    {
        if (result.Text("baselineState"u8) == "absent") return "SARIF: absent from this run";
        var any = false;
        foreach (var suppression in result.Items("suppressions"u8))
        {
            if (suppression.Text("status"u8) is "rejected" or "underReview") return null;
            any = true;
        }
        return any ? "SARIF: suppressed" : null;
    }
}
