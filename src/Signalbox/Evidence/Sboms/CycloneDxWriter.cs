using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Signalbox.Evidence.Reports.Schemas;

namespace Signalbox.Evidence.Sboms;

/// <summary>
/// Writes an inventory as CycloneDX 1.6 in JSON (cyclonedx.org/docs/1.6/json). The same inputs make the same bytes. What is not
/// known is said: by <c>compositions</c>, and by a property for each gap.
/// </summary>
internal static class CycloneDxWriter
{
    private const string Root = "signalbox:subject";

    private static readonly JsonWriterOptions s_options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    private static readonly Lazy<HashSet<string>> s_licences = new(() => SchemaStore.Get("spdx.schema.json").EnumTexts ?? []);

    public static byte[] Write(Inventory inventory, SbomSubject subject, SbomMaking making)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, s_options))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json");
            json.WriteString("bomFormat", "CycloneDX");
            json.WriteString("specVersion", "1.6");
            json.WriteString("serialNumber", $"urn:uuid:{making.Serial:D}");
            json.WriteNumber("version", 1);
            WriteMetadata(json, inventory, subject, making);
            json.WriteStartArray("components");
            foreach (var component in inventory.Components) WriteComponent(json, component);
            json.WriteEndArray();
            WriteDependencies(json, inventory);
            WriteCompositions(json, inventory);
            json.WriteEndObject();
        }
        return [.. bytes.ToArray(), (byte)'\n'];
    }

    private static void WriteMetadata(Utf8JsonWriter json, Inventory inventory, SbomSubject subject, SbomMaking making)
    {
        json.WriteStartObject("metadata");
        json.WriteString("timestamp", making.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        // before a build: from what will be installed, not from what was
        json.WriteStartArray("lifecycles");
        json.WriteStartObject();
        json.WriteString("phase", "pre-build");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("tools");
        json.WriteStartArray("components");
        json.WriteStartObject();
        json.WriteString("type", "application");
        json.WriteString("name", "signalbox");
        json.WriteString("version", making.ToolVersion);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        WriteSubject(json, subject);
        WriteProperties(json, [.. inventory.Lockfiles.Select(file => ("signalbox:lockfile", $"{file.Path} {file.Digest}")), .. inventory.Gaps.Select(gap => ("signalbox:gap", $"{gap.Path}: {gap.Message}"))]);
        json.WriteEndObject();
    }

    private static void WriteSubject(Utf8JsonWriter json, SbomSubject subject)
    {
        json.WriteStartObject("component");
        json.WriteString("type", "application");
        json.WriteString("bom-ref", Root);
        json.WriteString("name", subject.Name);
        if (subject.Version is not null) json.WriteString("version", subject.Version);
        if (subject.Digest is { } digest) WriteHashes(json, [new(digest.Algorithm.Replace("sha", "SHA-", StringComparison.Ordinal), digest.Hex)]);
        json.WriteEndObject();
    }

    private static void WriteComponent(Utf8JsonWriter json, LockedComponent component)
    {
        var purl = component.Purl;
        json.WriteStartObject();
        json.WriteString("type", "library");
        json.WriteString("bom-ref", component.Reference);
        if (Suppliers.Of(purl) is { } supplier)
        {
            json.WriteStartObject("supplier");
            json.WriteString("name", supplier);
            json.WriteEndObject();
        }
        // a Go module's path is its name (cyclonedx.org/docs/1.6: group and name are as the ecosystem has them)
        if (purl.Namespace is not null && purl.Type != "golang") json.WriteString("group", purl.Namespace);
        json.WriteString("name", purl is { Type: "golang", Namespace: not null } ? $"{purl.Namespace}/{purl.Name}" : purl.Name);
        if (purl.Version is not null) json.WriteString("version", purl.Version);
        json.WriteString("scope", component.Scope switch { ComponentScope.Required => "required", ComponentScope.Optional => "optional", _ => "excluded" });
        WriteHashes(json, component.Hashes);
        WriteLicences(json, component.Licences);
        json.WriteString("purl", component.Reference);
        if (component.Checksum is not null) WriteProperties(json, [("signalbox:lockfile:checksum", component.Checksum)]);
        json.WriteEndObject();
    }

    private static void WriteHashes(Utf8JsonWriter json, IReadOnlyList<ComponentHash> hashes)
    {
        if (hashes.Count == 0) return;
        json.WriteStartArray("hashes");
        foreach (var hash in hashes.OrderBy(hash => hash.Algorithm, StringComparer.Ordinal).ThenBy(hash => hash.Hex, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("alg", hash.Algorithm);
            json.WriteString("content", hash.Hex);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>One expression, or a list of licences: the format allows no mixture.</summary>
    private static void WriteLicences(Utf8JsonWriter json, IReadOnlyList<string> licences)
    {
        if (licences.Count == 0) return;
        json.WriteStartArray("licenses");
        if (licences is [var expression] && IsExpression(expression))
        {
            json.WriteStartObject();
            json.WriteString("expression", expression);
            json.WriteEndObject();
        }
        else
            foreach (var licence in licences)
            {
                json.WriteStartObject();
                json.WriteStartObject("license");
                json.WriteString(s_licences.Value.Contains(licence) ? "id" : "name", licence);
                json.WriteEndObject();
                json.WriteEndObject();
            }
        json.WriteEndArray();
    }

    private static bool IsExpression(string licence) =>
        licence.Contains(" OR ", StringComparison.Ordinal) || licence.Contains(" AND ", StringComparison.Ordinal) || licence.Contains(" WITH ", StringComparison.Ordinal);

    private static void WriteDependencies(Utf8JsonWriter json, Inventory inventory)
    {
        json.WriteStartArray("dependencies");
        WriteDependency(json, Root, inventory.Direct);
        foreach (var component in inventory.Components)
            if (component.DependsOn is not null) WriteDependency(json, component.Reference, component.DependsOn);
        json.WriteEndArray();
    }

    private static void WriteDependency(Utf8JsonWriter json, string reference, IReadOnlyList<string> on)
    {
        json.WriteStartObject();
        json.WriteString("ref", reference);
        if (on.Count > 0) WriteTexts(json, "dependsOn", on);
        json.WriteEndObject();
    }

    /// <summary>Whether all that the subject is made of is there, and of which components it is known what they depend on.</summary>
    private static void WriteCompositions(Utf8JsonWriter json, Inventory inventory)
    {
        json.WriteStartArray("compositions");
        foreach (var kind in (ReadOnlySpan<string>)["assemblies", "dependencies"]) WriteComposition(json, inventory.IsComplete ? "complete" : "incomplete", kind, [Root]);
        WriteComposition(json, "complete", "dependencies", [.. inventory.Components.Where(component => component.DependsOn is not null).Select(component => component.Reference)]);
        WriteComposition(json, "unknown", "dependencies", [.. inventory.Components.Where(component => component.DependsOn is null).Select(component => component.Reference)]);
        json.WriteEndArray();
    }

    private static void WriteComposition(Utf8JsonWriter json, string aggregate, string kind, IReadOnlyList<string> references)
    {
        if (references.Count == 0) return;
        json.WriteStartObject();
        json.WriteString("aggregate", aggregate);
        WriteTexts(json, kind, references);
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void WriteProperties(Utf8JsonWriter json, IReadOnlyList<(string Name, string Value)> properties)
    {
        if (properties.Count == 0) return;
        json.WriteStartArray("properties");
        foreach (var (name, value) in properties)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("value", value);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
