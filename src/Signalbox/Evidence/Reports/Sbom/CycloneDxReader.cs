using System.Text.Json;
using Signalbox.Evidence.Reports.Json;
using Signalbox.Evidence.Reports.Schemas;

namespace Signalbox.Evidence.Reports.Sbom;

/// <summary>CycloneDX JSON 1.2 to 1.7 (https://cyclonedx.org/specification/overview/), held against the schema of its version while it is read.</summary>
internal sealed class CycloneDxReader(ReportLimits limits) : JsonReportReader
{
    private readonly SbomBuilder _to = new("cyclonedx", limits);
    private readonly CycloneDxVulnerabilities _vulnerabilities = new(limits);
    private int _documents;

    /// <summary>The version, which says what schema holds, may stand anywhere.</summary>
    public override int Passes => 2;

    public override bool Read(JsonCursor json, int pass)
    {
        if (pass == 1) LookForVersion(json);
        else ReadDocument(json);
        return true;
    }

    public override Report Done() => _vulnerabilities.Finish(_to, _to.Done());

    private void LookForVersion(JsonCursor json)
    {
        if (++_documents > 1) throw new ReportRefusedException("there is more than one CycloneDX document in the file");
        foreach (var name in json.Properties())
            if (name == "specVersion") _to.SpecVersion = json.Text() ?? "";
    }

    private static string? SchemaName(string version) => version switch
    {
        "1.2" or "1.3" => $"bom-{version}-strict.schema.json",
        "1.4" or "1.5" or "1.6" or "1.7" => $"bom-{version}.schema.json",
        _ => null,
    };

    private void ReadDocument(JsonCursor json)
    {
        _to.Schema = SchemaName(_to.SpecVersion);
        if (_to.Schema is null) _to.Problems.Add($"specVersion is '{JsonCursor.Shown(_to.SpecVersion)}', expected 1.2 to 1.7");
        var check = _to.Schema is { } schema ? new StreamedCheck(SchemaStore.Get(schema), _to.Problems) : null;
        foreach (var name in json.Properties())
            if (check is not null) check.Property(json, name, value => See(name, value, json));
            else SeeUnchecked(json, name);
        check?.Finish();
    }

    private void SeeUnchecked(JsonCursor json, string name)
    {
        if (json.Token != JsonTokenType.StartArray)
        {
            using var value = json.Entry();
            See(name, value.RootElement, json);
            return;
        }
        foreach (var _ in json.Elements())
        {
            using var value = json.Entry();
            See(name, value.RootElement, json);
        }
    }

    private void See(string name, JsonElement value, JsonCursor json)
    {
        switch (name)
        {
            case "metadata":
                SeeMetadata(value);
                break;
            case "components":
                AddComponents(value);
                break;
            case "compositions":
                _to.Aggregate(value.Text("aggregate"u8));
                break;
            case "dependencies":
                _to.HasDependencies |= value.Items("dependsOn"u8).Any();
                break;
            case "vulnerabilities":
                _vulnerabilities.Add(value);
                break;
            default:
                break;
        }
    }

    private void SeeMetadata(JsonElement metadata)
    {
        _to.GeneratedAt = metadata.Time("timestamp"u8);
        if (metadata.At("component"u8).ValueKind == JsonValueKind.Object) _to.Root = Component(metadata.At("component"u8));
        foreach (var author in metadata.Items("authors"u8)) _to.Author(author.Text("name"u8) ?? author.Text("email"u8));
        foreach (var maker in (ReadOnlySpan<JsonElement>)[metadata.At("manufacture"u8), metadata.At("manufacturer"u8), metadata.At("supplier"u8)]) _to.Author(maker.Text("name"u8));
        var tools = metadata.At("tools"u8);
        foreach (var tool in tools.Items()) _to.Author(tool.Text("name"u8));
        foreach (var tool in tools.Items("components"u8)) _to.Author(tool.Text("name"u8));
    }

    /// <summary>A component and, at any depth, those within it.</summary>
    private void AddComponents(JsonElement component)
    {
        _to.Add(Component(component));
        foreach (var inner in component.Items("components"u8)) AddComponents(inner);
    }

    private SbomComponent Component(JsonElement component) => new(
        _to.Kept(component.Text("bom-ref"u8)), _to.Kept(component.Text("name"u8)) ?? "", _to.Kept(component.Text("version"u8)), _to.Kept(component.Text("purl"u8)),
        _to.Kept(component.At("supplier"u8).Text("name"u8) ?? component.At("manufacturer"u8).Text("name"u8) ?? component.Text("publisher"u8)),
        _to.Kept(Licences(component)), _to.Kept(Identifiers(component)));

    private static IEnumerable<string?> Licences(JsonElement component)
    {
        foreach (var choice in component.Items("licenses"u8))
            yield return choice.Text("expression"u8) ?? choice.At("license"u8).Text("id"u8) ?? choice.At("license"u8).Text("name"u8);
    }

    private static IEnumerable<string?> Identifiers(JsonElement component)
    {
        yield return component.Text("cpe"u8);
        yield return component.At("swid"u8).Text("tagId"u8);
        foreach (var hash in component.Items("hashes"u8)) yield return $"{hash.Text("alg"u8)}:{hash.Text("content"u8)}";
    }
}
