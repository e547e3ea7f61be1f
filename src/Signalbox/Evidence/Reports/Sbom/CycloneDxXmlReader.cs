using System.Xml.Linq;
using Signalbox.Evidence.Reports.Scans;
using Signalbox.Evidence.Reports.Xml;

namespace Signalbox.Evidence.Reports.Sbom;

/// <summary>
/// CycloneDX XML 1.0 to 1.7, with the vulnerabilities of 1.4 and later and those of the extension before it
/// (http://cyclonedx.org/schema/ext/vulnerability/1.0). What every version demands of a component is checked; the XML Schema is not.
/// </summary>
internal sealed class CycloneDxXmlReader(ReportLimits limits)
{
    private readonly SbomBuilder _to = new("cyclonedx", limits);
    private readonly CycloneDxVulnerabilities _vulnerabilities = new(limits);

    public Report Read(XmlCursor xml)
    {
        _to.SpecVersion = xml.Namespace[(xml.Namespace.LastIndexOf('/') + 1)..];
        if (_to.SpecVersion is not ("1.0" or "1.1" or "1.2" or "1.3" or "1.4" or "1.5" or "1.6" or "1.7"))
            _to.Problems.Add($"the namespace is of version '{_to.SpecVersion}', expected 1.0 to 1.7");
        var own = xml.Namespace;
        foreach (var name in xml.Children())
            switch (name)
            {
                case "metadata":
                    ReadMetadata(xml.Entry());
                    break;
                case "components":
                    foreach (var _ in xml.Children())
                        if (xml.Namespace == own) AddComponents(xml.Entry(), 0); // any element of another namespace may stand here too
                    break;
                case "compositions":
                    foreach (var _ in xml.Children()) _to.Aggregate(xml.Entry().Text("aggregate"));
                    break;
                case "dependencies":
                    foreach (var _ in xml.Children()) _to.HasDependencies |= xml.Entry().HasElements;
                    break;
                case "vulnerabilities":
                    foreach (var _ in xml.Children()) AddVulnerability(xml.Entry(), null);
                    break;
                default:
                    break;
            }
        return _vulnerabilities.Finish(_to, _to.Done());
    }

    private void ReadMetadata(XElement metadata)
    {
        _to.GeneratedAt = Values.Time(metadata.Text("timestamp"));
        if (metadata.Child("component") is { } root) _to.Root = Component(root);
        foreach (var author in metadata.Children("authors", "author")) _to.Author(author.Text("name") ?? author.Text("email"));
        foreach (var maker in new[] { "manufacture", "manufacturer", "supplier" }) _to.Author(metadata.Child(maker).Text("name"));
        foreach (var tool in metadata.Children("tools", "tool").Concat(metadata.Child("tools").Children("components", "component"))) _to.Author(tool.Text("name"));
    }

    private void AddComponents(XElement element, int depth)
    {
        if (depth > limits.MaxDepth) throw new ReportRefusedException($"components lie more than {limits.MaxDepth} deep in each other");
        var component = Component(element);
        if (component.Name.Length == 0) _to.Problems.Add("a component has no name");
        if (element.AttributeText("type") is null) _to.Problems.Add($"the component '{component.Name}' has no type");
        _to.Add(component);
        foreach (var vulnerability in element.Children("vulnerabilities", "vulnerability")) AddVulnerability(vulnerability, component);
        foreach (var inner in element.Children("components", "component").Where(c => c.Name.Namespace == element.Name.Namespace)) AddComponents(inner, depth + 1);
    }

    private SbomComponent Component(XElement component) => new(
        _to.Kept(component.AttributeText("bom-ref")), _to.Kept(component.Text("name")) ?? "", _to.Kept(component.Text("version")), _to.Kept(component.Text("purl")),
        _to.Kept(component.Child("supplier").Text("name") ?? component.Child("manufacturer").Text("name") ?? component.Text("publisher")),
        _to.Kept(Licences(component)), _to.Kept(Identifiers(component)));

    private static IEnumerable<string?> Licences(XElement component)
    {
        foreach (var choice in component.Child("licenses")?.Elements() ?? [])
            yield return choice.Name.LocalName == "expression" ? choice.Words() : choice.Text("id") ?? choice.Text("name");
    }

    private static IEnumerable<string?> Identifiers(XElement component)
    {
        yield return component.Text("cpe");
        yield return component.Child("swid")?.AttributeText("tagId");
        foreach (var hash in component.Children("hashes", "hash")) yield return $"{hash.AttributeText("alg")}:{hash.Words()}";
    }

    /// <param name="within">The component in which the extension puts its vulnerabilities; null for those of the document.</param>
    private void AddVulnerability(XElement entry, SbomComponent? within)
    {
        string?[] ids = [entry.Text("id"), .. entry.Children("references", "reference").Select(r => r.Text("id")), entry.AttributeText("bom-ref")];
        var affects = entry.Children("affects", "target").Select(t => t.Text("ref"));
        var unaffected = entry.Children("affects", "target").SelectMany(t => t.Children("versions", "version")).Where(v => v.Text("status") == "unaffected").Select(v => v.Text("version"));
        _vulnerabilities.Add(new CycloneDxVulnerability(
            [.. ids.OfType<string>().Distinct()], Severity(entry), entry.Text("description"), [.. affects.OfType<string>()],
            FixState.Unknown, [.. unaffected.OfType<string>()], Analysis(entry))
        {
            Within = within,
        });
    }

    private static FindingSeverity Severity(XElement entry)
    {
        var severity = FindingSeverity.Unknown;
        foreach (var rating in entry.Children("ratings", "rating")) severity = severity.Or(Severities.Of(rating.Text("severity")));
        foreach (var rating in entry.Children("ratings", "rating"))
            severity = severity.Or(Severities.OfScore(Values.Number(rating.Child("score").Text("base") ?? rating.Text("score")))).Or(Severities.OfScore(Cvss.BaseScore(rating.Text("vector"))));
        return severity;
    }

    private static CycloneDxAnalysis? Analysis(XElement entry)
    {
        var analysis = entry.Child("analysis");
        if (CycloneDxVulnerabilities.StatusOf(analysis.Text("state")) is not { } status) return null;
        return new(status, CycloneDxVulnerabilities.Reason(analysis.Text("justification"), analysis.Text("detail")),
            Values.Time(analysis.Text("lastUpdated") ?? analysis.Text("firstIssued") ?? entry.Text("updated")));
    }
}
