using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Scans;

/// <summary>OWASP Dependency-Check's JSON (https://jeremylong.github.io/DependencyCheck/).</summary>
internal sealed class DependencyCheckReader(ReportLimits limits) : JsonScanReader(new("dependency-check", limits, FindingKind.Vulnerability))
{
    public override bool Read(JsonCursor json, int pass)
    {
        var known = false;
        foreach (var name in json.Properties())
            if (name == "dependencies")
            {
                known = true;
                foreach (var _ in json.Elements())
                {
                    using var dependency = json.Entry();
                    ReadDependency(dependency.RootElement);
                }
            }
            else if (name == "projectInfo") ReadProject(json);
        return known;
    }

    private void ReadProject(JsonCursor json)
    {
        using var project = json.Entry();
        To.MadeAt(project.RootElement.Time("reportDate"u8));
        To.About(ReportSubject.From(project.RootElement.Text("name"u8)));
    }

    private void ReadDependency(JsonElement dependency)
    {
        foreach (var vulnerability in dependency.Items("vulnerabilities"u8)) Add(dependency, vulnerability, null);
        foreach (var vulnerability in dependency.Items("suppressedVulnerabilities"u8)) Add(dependency, vulnerability, "Dependency-Check: suppressed");
    }

    private void Add(JsonElement dependency, JsonElement vulnerability, string? set)
    {
        var draft = To.New(FindingKind.Vulnerability, Severity(vulnerability))
            .Id(vulnerability.Text("name"u8)).Path(dependency.Text("filePath"u8)).SetAside(set);
        foreach (var package in dependency.Items("packages"u8)) DependencyNames.AddTo(draft, package.Text("id"u8));
        To.Add(draft.Package(dependency.Text("fileName"u8)));
    }

    private static FindingSeverity Severity(JsonElement entry) => Severities.Of(entry.Text("severity"u8))
        .Or(Severities.Of(entry.At("cvssv3"u8).Text("baseSeverity"u8)))
        .Or(Severities.OfScore(entry.At("cvssv3"u8).Number("baseScore"u8)))
        .Or(Severities.Of(entry.At("cvssv2"u8).Text("severity"u8)))
        .Or(Severities.OfScore(entry.At("cvssv2"u8).Number("score"u8)));
}
