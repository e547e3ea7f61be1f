using System.Xml.Linq;
using Signalbox.Evidence.Reports.Xml;

namespace Signalbox.Evidence.Reports.Scans;

/// <summary>OWASP Dependency-Check's XML, schemas 1.0 to 4.0 (https://jeremylong.github.io/DependencyCheck/dependency-check.4.0.xsd).</summary>
internal sealed class DependencyCheckXmlReader(ReportLimits limits)
{
    private readonly ScanBuilder _to = new("dependency-check", limits, FindingKind.Vulnerability);

    public Report Read(XmlCursor xml)
    {
        foreach (var name in xml.Children())
            if (name == "projectInfo") ReadProject(xml.Entry());
            else if (name == "dependencies")
                foreach (var _ in xml.Children()) ReadDependency(xml.Entry());
        return _to.Done();
    }

    private void ReadProject(XElement project)
    {
        _to.MadeAt(Values.Time(project.Text("reportDate")));
        _to.About(ReportSubject.From(project.Text("name")));
    }

    private void ReadDependency(XElement dependency)
    {
        var vulnerabilities = dependency.Child("vulnerabilities");
        foreach (var vulnerability in vulnerabilities.Children("vulnerability")) Add(dependency, vulnerability, null);
        foreach (var vulnerability in vulnerabilities.Children("suppressedVulnerability")) Add(dependency, vulnerability, "Dependency-Check: suppressed");
    }

    private void Add(XElement dependency, XElement vulnerability, string? set)
    {
        var draft = _to.New(FindingKind.Vulnerability, Severity(vulnerability)).Id(vulnerability.Text("name")).Path(dependency.Text("filePath")).SetAside(set);
        foreach (var package in dependency.Child("identifiers")?.Elements() ?? [])
            DependencyNames.AddTo(draft, package.Text("id") ?? package.Text("name")?.Trim('(', ')'));
        _to.Add(draft.Package(dependency.Text("fileName")));
    }

    private static FindingSeverity Severity(XElement entry) => Severities.Of(entry.Text("severity"))
        .Or(Severities.Of(entry.Child("cvssV3").Text("baseSeverity")))
        .Or(Severities.OfScore(Values.Number(entry.Child("cvssV3").Text("baseScore"))))
        .Or(Severities.Of(entry.Child("cvssV2").Text("severity")))
        .Or(Severities.OfScore(Values.Number(entry.Child("cvssV2").Text("score") ?? entry.Text("cvssScore"))));
}
