using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Scans;

/// <summary>OSV-Scanner's JSON (https://google.github.io/osv-scanner/output/): one finding for each package and vulnerability.</summary>
internal sealed class OsvReader(ReportLimits limits) : JsonScanReader(new("osv-scanner", limits, FindingKind.Vulnerability))
{
    public override bool Read(JsonCursor json, int pass)
    {
        var known = false;
        foreach (var name in json.Properties())
            if (name == "results")
            {
                known = true;
                foreach (var _ in json.Elements()) ReadSource(json);
            }
        return known;
    }

    private void ReadSource(JsonCursor json)
    {
        string? path = null;
        foreach (var name in json.Properties())
            if (name == "source")
            {
                using var source = json.Entry();
                path = source.RootElement.Text("path"u8);
            }
            else if (name == "packages")
                foreach (var _ in json.Elements())
                {
                    using var package = json.Entry();
                    ReadPackage(package.RootElement, path);
                }
    }

    private void ReadPackage(JsonElement package, string? path)
    {
        foreach (var vulnerability in package.Items("vulnerabilities"u8)) Add(vulnerability, package, path);
    }

    private void Add(JsonElement entry, JsonElement package, string? path)
    {
        var name = package.At("package"u8);
        To.Add(To.New(FindingKind.Vulnerability, Severity(entry, package))
            .Id(entry.Text("id"u8)).Ids(entry.Texts("aliases"u8)).Title(entry.Text("summary"u8))
            .Package(name.Text("name"u8)).Version(name.Text("version"u8) ?? name.Text("commit"u8)).Path(path)
            .FixedIn(Fixed(entry, name.Text("name"u8))));
    }

    private static IEnumerable<string?> Fixed(JsonElement entry, string? package)
    {
        foreach (var affected in entry.Items("affected"u8))
            if (affected.At("package"u8).Text("name"u8) is not { } name || name == package)
                foreach (var range in affected.Items("ranges"u8))
                    foreach (var happening in range.Items("events"u8))
                        if (happening.Text("fixed"u8) is { } version) yield return version;
    }

    /// <summary>The database's word, else the scanner's own score of the group, else the score of a CVSS 3 vector.</summary>
    private static FindingSeverity Severity(JsonElement entry, JsonElement package)
    {
        var severity = Severities.Of(entry.At("database_specific"u8).Text("severity"u8));
        if (severity == FindingSeverity.Unknown && entry.Text("id"u8) is { } id) severity = OfGroup(package, id);
        foreach (var rating in entry.Items("severity"u8)) severity = severity.Or(Severities.OfScore(Cvss.BaseScore(rating.Text("score"u8))));
        return severity;
    }

    private static FindingSeverity OfGroup(JsonElement package, string id)
    {
        foreach (var group in package.Items("groups"u8))
            if (group.Texts("ids"u8).Contains(id)) return Severities.OfScore(group.Number("max_severity"u8));
        return FindingSeverity.Unknown;
    }
}
