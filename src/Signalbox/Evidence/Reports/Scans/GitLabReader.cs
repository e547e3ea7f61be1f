using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Scans;

/// <summary>
/// GitLab's security reports, which share one form (https://gitlab.com/gitlab-org/security-products/security-report-schemas):
/// SAST, secret detection, dependency and container scanning, DAST, API fuzzing, coverage fuzzing.
/// </summary>
internal sealed class GitLabReader(ReportLimits limits) : JsonScanReader(new("gitlab", limits))
{
    private readonly List<string?> _types = [];
    private int _report;

    /// <summary>The kind of scan may stand behind its vulnerabilities, which need not say it themselves.</summary>
    public override int Passes => 2;

    public override bool Read(JsonCursor json, int pass)
    {
        var known = false;
        var type = pass == 1 ? null : _types[_report++];
        if (pass == 1) _types.Add(null);
        foreach (var name in json.Properties())
            if (name == "scan" && pass == 1) ReadScan(json);
            else if (name == "vulnerabilities")
            {
                known = true;
                if (pass == 2) ReadVulnerabilities(json, type);
            }
        return known;
    }

    private void ReadVulnerabilities(JsonCursor json, string? type)
    {
        To.FindingsSayWhat = type is not ("dast" or "api_fuzzing" or "coverage_fuzzing");
        foreach (var _ in json.Elements())
        {
            using var entry = json.Entry();
            Add(entry.RootElement, type);
        }
    }

    private void ReadScan(JsonCursor json)
    {
        using var scan = json.Entry();
        To.MadeAt(scan.RootElement.Time("end_time"u8) ?? scan.RootElement.Time("start_time"u8));
        _types[^1] = scan.RootElement.Text("type"u8);
        if (KindOf(_types[^1]) is { } kind) To.Looked(kind);
        if (scan.RootElement.Text("status"u8) == "failure") To.Incomplete = "the scanner says that its run failed";
    }

    private void Add(JsonElement entry, string? type)
    {
        var location = entry.At("location"u8);
        var dependency = location.At("dependency"u8);
        var draft = To.New(KindOf(entry.Text("category"u8)) ?? KindOf(type) ?? (dependency.At("package"u8).Text("name"u8) is null ? FindingKind.Code : FindingKind.Vulnerability), Severities.Of(entry.Text("severity"u8)))
            .Id(entry.Text("id"u8)).Id(entry.Text("cve"u8))
            .Title(entry.Text("name"u8)).Title(entry.Text("message"u8))
            .Package(dependency.At("package"u8).Text("name"u8)).Version(dependency.Text("version"u8))
            .Path(location.Text("file"u8)).Path(Address(location)).Path(location.Text("image"u8)).Line(location.Whole("start_line"u8));
        foreach (var identifier in entry.Items("identifiers"u8))
            if (identifier.Text("type"u8)?.ToLowerInvariant() is not ("cwe" or "owasp" or "wasc")) draft.Id(identifier.Text("value"u8)).Id(identifier.Text("name"u8));
        foreach (var flag in entry.Items("flags"u8))
            if (flag.Text("type"u8) == "flagged-as-likely-false-positive") draft.SetAside("GitLab: likely a false positive");
        if (entry.Text("solution"u8) is not null && dependency.At("version"u8).ValueKind == JsonValueKind.String) draft.Fix(FixState.Available);
        To.Add(draft);
    }

    /// <summary>Of DAST: where the request went.</summary>
    private static string? Address(JsonElement location) =>
        location.Text("path"u8) is { } path ? location.Text("hostname"u8) + path : location.Text("hostname"u8);

    /// <summary>Of a scan's type, or of a vulnerability's category, which reports of version 15 and later leave out; null where it is of another kind.</summary>
    private static FindingKind? KindOf(string? type) => type switch
    {
        "sast" => FindingKind.Code,
        "secret_detection" => FindingKind.Secret,
        "dependency_scanning" or "container_scanning" or "cluster_image_scanning" => FindingKind.Vulnerability,
        _ => null,
    };
}
