using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Sbom;

/// <summary>What the elements of an SPDX 3 graph say of each other: suppliers, licences, dependencies and what the document is about.</summary>
internal sealed class Spdx3Graph(ReportLimits limits)
{
    private readonly List<(SbomComponent Package, string? Supplier)> _packages = [];
    private readonly Dictionary<string, string> _names = [];
    private readonly Dictionary<string, List<string>> _licences = [];
    private readonly List<string> _authors = [];
    private readonly HashSet<string> _roots = [];

    public void See(JsonElement element, SbomBuilder to)
    {
        var type = element.Text("type"u8) ?? "";
        var id = element.Text("spdxId"u8) ?? element.Text("@id"u8);
        if (type.EndsWith("Package", StringComparison.Ordinal)) AddPackage(element, id, to);
        else if (type == "CreationInfo") SeeCreation(element, to);
        else if (type.EndsWith("Relationship", StringComparison.Ordinal)) SeeRelationship(element, to);
        else if (type is "software_Sbom" or "SpdxDocument" or "Bom") AddAll(_roots, element.Texts("rootElement"u8));
        else if (id is not null && (element.Text("simplelicensing_licenseExpression"u8) ?? element.Text("name"u8)) is { } name && _names.Count < limits.MaxItems) _names.TryAdd(id, to.Kept(name)!);
    }

    /// <summary>Adds the packages, now that all names are known.</summary>
    public void Finish(SbomBuilder to)
    {
        foreach (var author in _authors) to.Author(_names.GetValueOrDefault(author, author));
        foreach (var (package, supplier) in _packages)
            to.Add(package with { Supplier = supplier is null ? null : _names.GetValueOrDefault(supplier, supplier), Licences = LicencesOf(package) });
        // an SBOM's root is the package, and a document's root is the SBOM
        var roots = to.Components.Where(c => c.Reference is { } reference && _roots.Contains(reference)).Take(2).ToList();
        if (roots.Count == 1) to.Root = roots[0];
    }

    private string[] LicencesOf(SbomComponent package) =>
        package.Reference is { } reference && _licences.TryGetValue(reference, out var licences) ? [.. licences.Select(l => _names.GetValueOrDefault(l, l)).Distinct()] : [];

    private void AddPackage(JsonElement element, string? id, SbomBuilder to)
    {
        if (_packages.Count == limits.MaxItems) throw new ReportRefusedException($"the document has more than {limits.MaxItems} packages");
        _packages.Add((
            new(to.Kept(id), to.Kept(element.Text("name"u8)) ?? "", to.Kept(element.Text("software_packageVersion"u8)), to.Kept(Purl(element)), null, [], to.Kept(Identifiers(element))),
            to.Kept(element.Text("suppliedBy"u8))));
    }

    private static string? Purl(JsonElement element)
    {
        if (element.Text("software_packageUrl"u8) is { } own) return own;
        foreach (var identifier in element.Items("externalIdentifier"u8))
            if (identifier.Text("externalIdentifierType"u8) == "packageUrl") return identifier.Text("identifier"u8);
        return null;
    }

    private static IEnumerable<string?> Identifiers(JsonElement element)
    {
        foreach (var identifier in element.Items("externalIdentifier"u8))
            if (identifier.Text("externalIdentifierType"u8) is "cpe22" or "cpe23" or "swid" or "gitoid" or "swhid") yield return identifier.Text("identifier"u8);
        foreach (var hash in element.Items("verifiedUsing"u8)) yield return $"{hash.Text("algorithm"u8)}:{hash.Text("hashValue"u8)}";
    }

    private void SeeCreation(JsonElement element, SbomBuilder to)
    {
        if (to.SpecVersion.Length == 0) to.SpecVersion = to.Kept(element.Text("specVersion"u8)) ?? "";
        to.GeneratedAt ??= element.Time("created"u8);
        foreach (var author in element.Texts("createdBy"u8).Concat(element.Texts("createdUsing"u8)))
            if (_authors.Count < 100) _authors.Add(author);
    }

    private void SeeRelationship(JsonElement element, SbomBuilder to)
    {
        var type = element.Text("relationshipType"u8);
        to.HasDependencies |= type is "dependsOn" or "contains" or "hasDynamicLink" or "hasStaticLink" or "hasOptionalDependency" or "hasProvidedDependency";
        if (type is "hasConcludedLicense" or "hasDeclaredLicense" && element.Text("from"u8) is { } from)
        {
            if (!_licences.TryGetValue(from, out var licences) && _licences.Count < limits.MaxItems) _licences.Add(from, licences = []);
            foreach (var licence in element.Texts("to"u8))
                if (licences?.Count < 20) licences.Add(to.Kept(licence)!);
        }
    }

    private void AddAll(HashSet<string> to, IEnumerable<string> texts)
    {
        foreach (var text in texts)
            if (to.Count < 1000) to.Add(text);
    }
}
