using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Scans;

/// <summary>What <c>snyk test</c>, <c>snyk container test</c> and <c>snyk iac test</c> write with --json: a project, or an array of them (https://docs.snyk.io/snyk-cli).</summary>
internal sealed class SnykReader(ReportLimits limits) : JsonScanReader(new("snyk", limits))
{
    private readonly List<string?> _files = [];
    private int _project;

    /// <summary>The project's file stands behind its vulnerabilities.</summary>
    public override int Passes => 2;

    public override bool Read(JsonCursor json, int pass) => pass == 1 ? Look(json) : ReadProject(json, within: false);

    private bool Look(JsonCursor json)
    {
        string? file = null;
        var known = false;
        var project = _files.Count;
        _files.Add(null);
        foreach (var name in json.Properties())
        {
            known |= name is "vulnerabilities" or "infrastructureAsCodeIssues" or "applications";
            if (name is "displayTargetFile" or "targetFile") file ??= json.Text();
            else if (name == "error") throw new ReportRefusedException($"snyk says that the scan failed: {json.Text()}");
            else if (name == "applications")
                foreach (var _ in json.Elements())
                    Look(json);
        }
        _files[project] = file;
        return known;
    }

    private bool ReadProject(JsonCursor json, bool within)
    {
        var file = _files[_project++];
        var part = within ? file ?? "application" : null;
        foreach (var name in json.Properties())
            switch (name)
            {
                case "vulnerabilities":
                    To.Looked(FindingKind.Vulnerability);
                    ReadAll(json, entry => AddVulnerability(entry, file, part, null));
                    break;
                case "filtered":
                    ReadFiltered(json, file, part);
                    break;
                case "infrastructureAsCodeIssues":
                    To.Looked(FindingKind.Misconfiguration);
                    ReadAll(json, entry => AddMisconfiguration(entry, file, part, null));
                    break;
                case "applications":
                    foreach (var _ in json.Elements()) ReadProject(json, within: true);
                    break;
                case "projectName" when !within:
                    To.About(ReportSubject.From(json.Text()));
                    break;
                default:
                    break;
            }
        return true;
    }

    /// <summary>What .snyk or the organisation ignores, and what a patch of Snyk's mends, lies apart.</summary>
    private void ReadFiltered(JsonCursor json, string? file, string? part)
    {
        foreach (var name in json.Properties())
            if (name is "ignore" or "patch")
                ReadAll(json, entry =>
                {
                    var setAside = name == "patch" ? "Snyk: patched" : Ignored(entry);
                    if (entry.Text("type"u8) is not null || entry.Text("packageName"u8) is not null || entry.Text("moduleName"u8) is not null) AddVulnerability(entry, file, part, setAside);
                    else AddMisconfiguration(entry, file, part, setAside);
                });
    }

    private static string Ignored(JsonElement entry)
    {
        foreach (var ignored in entry.At("filtered"u8).Items("ignored"u8))
            if (ignored.Text("reason"u8) is { } why) return $"Snyk: ignored ({why})";
        return "Snyk: ignored";
    }

    private static void ReadAll(JsonCursor json, Action<JsonElement> add)
    {
        foreach (var _ in json.Elements())
        {
            using var entry = json.Entry();
            add(entry.RootElement);
        }
    }

    private void AddVulnerability(JsonElement entry, string? file, string? part, string? setAside)
    {
        var licence = entry.Text("type"u8) == "license";
        var draft = New(licence ? FindingKind.Licence : FindingKind.Vulnerability, entry, part)
            .Id(entry.Text("id"u8)).Title(entry.Text("title"u8))
            .Package(entry.Text("packageName"u8)).Package(entry.Text("moduleName"u8)).Package(entry.Text("name"u8)).Version(entry.Text("version"u8))
            .Path(file).Path(Chain(entry)).Line(entry.Whole("lineNumber"u8))
            .FixedIn(entry.Texts("fixedIn"u8)).FixedIn(entry.Texts("nearestFixedInVersion"u8))
            .Fix(entry.IsTrue("isUpgradable"u8) || entry.IsTrue("isPatchable"u8) ? FixState.Available : FixState.None).SetAside(setAside);
        foreach (var identifiers in entry.At("identifiers"u8).Members())
            if (identifiers.Name != "CWE") draft.Ids(identifiers.Value.Texts());
        To.Add(draft);
    }

    /// <summary>From the project down to the package, as Snyk prints it.</summary>
    private static string? Chain(JsonElement entry) => entry.Texts("from"u8).ToList() is { Count: > 0 } chain ? string.Join(" > ", chain) : null;

    private void AddMisconfiguration(JsonElement entry, string? file, string? part, string? setAside) => To.Add(New(FindingKind.Misconfiguration, entry, part)
        .Id(entry.Text("id"u8)).Id(entry.Text("publicId"u8)).Title(entry.Text("title"u8)).Path(file).Line(entry.Whole("lineNumber"u8)).SetAside(setAside));

    private FindingDraft New(FindingKind kind, JsonElement entry, string? part) =>
        To.New(kind, Severities.Of(entry.Text("severity"u8))).Part(part);
}
