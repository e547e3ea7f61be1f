using System.Text.Json;
using Signalbox.Evidence.Reports.Json;
using Signalbox.Evidence.Reports.Schemas;

namespace Signalbox.Evidence.Reports.Sbom;

/// <summary>
/// SPDX JSON 2.2 and 2.3 (https://spdx.github.io/spdx-spec/v2.3/). Both are held against the schema of 2.3, which allows
/// whatever 2.2 demands.
/// </summary>
internal sealed class SpdxReader(ReportLimits limits) : JsonReportReader
{
    private const string SchemaName = "spdx-2.3.schema.json";
    private readonly SbomBuilder _to = new("spdx", limits);
    private readonly HashSet<string> _described = [];
    private int _documents;
    private string? _document;

    public override bool Read(JsonCursor json, int pass)
    {
        if (++_documents > 1) throw new ReportRefusedException("there is more than one SPDX document in the file");
        _to.Schema = SchemaName;
        var check = new StreamedCheck(SchemaStore.Get(SchemaName), _to.Problems);
        foreach (var name in json.Properties()) check.Property(json, name, value => See(name, value));
        check.Finish();
        return true;
    }

    public override Report Done()
    {
        if (_described.Count == 1) _to.Root = _to.Components.FirstOrDefault(c => c.Reference is { } reference && _described.Contains(reference));
        return _to.Done();
    }

    private void See(string name, JsonElement value)
    {
        switch (name)
        {
            case "spdxVersion":
                SeeVersion(value.Text() ?? "");
                break;
            case "SPDXID":
                _document = value.Text();
                break;
            case "creationInfo":
                _to.GeneratedAt = value.Time("created"u8);
                foreach (var creator in value.Texts("creators"u8)) _to.Author(creator);
                break;
            case "documentDescribes":
                if (value.Text() is { } described && _described.Count < 2) _described.Add(described);
                break;
            case "packages":
                _to.Add(Package(value));
                break;
            case "relationships":
                SeeRelationship(value);
                break;
            default:
                break;
        }
    }

    private void SeeVersion(string text)
    {
        _to.SpecVersion = text.StartsWith("SPDX-", StringComparison.Ordinal) ? text[5..] : text;
        if (_to.SpecVersion is not ("2.2" or "2.3")) _to.Problems.Add($"spdxVersion is '{JsonCursor.Shown(text)}', expected SPDX-2.2 or SPDX-2.3");
    }

    private void SeeRelationship(JsonElement relationship)
    {
        var type = relationship.Text("relationshipType"u8);
        _to.HasDependencies |= type is not null && (type.Contains("DEPEND", StringComparison.Ordinal) || type is "CONTAINS" or "CONTAINED_BY");
        var described = type switch
        {
            "DESCRIBES" => relationship.Text("relatedSpdxElement"u8),
            "DESCRIBED_BY" => relationship.Text("spdxElementId"u8),
            _ => null,
        };
        var by = type == "DESCRIBES" ? relationship.Text("spdxElementId"u8) : relationship.Text("relatedSpdxElement"u8);
        if (described is not null && (_document is null || by == _document) && _described.Count < 2) _described.Add(described);
    }

    private SbomComponent Package(JsonElement package) => new(
        _to.Kept(package.Text("SPDXID"u8)), _to.Kept(package.Text("name"u8)) ?? "", _to.Kept(Asserted(package.Text("versionInfo"u8))), _to.Kept(Locator(package, "purl")),
        _to.Kept(Asserted(package.Text("supplier"u8))), _to.Kept(Licences(package)), _to.Kept(Identifiers(package)));

    /// <summary>NOASSERTION and NONE say that nothing is said.</summary>
    private static string? Asserted(string? text) => text is "NOASSERTION" or "NONE" ? null : text;

    private static string? Locator(JsonElement package, string type)
    {
        foreach (var reference in package.Items("externalRefs"u8))
            if (reference.Text("referenceType"u8) == type) return reference.Text("referenceLocator"u8);
        return null;
    }

    /// <summary>What was concluded, else what was declared.</summary>
    private static IEnumerable<string?> Licences(JsonElement package) => [Asserted(package.Text("licenseConcluded"u8)) ?? Asserted(package.Text("licenseDeclared"u8))];

    private static IEnumerable<string?> Identifiers(JsonElement package)
    {
        yield return Locator(package, "cpe23Type");
        yield return Locator(package, "swid");
        foreach (var hash in package.Items("checksums"u8)) yield return $"{hash.Text("algorithm"u8)}:{hash.Text("checksumValue"u8)}";
    }
}
