using System.Text.Json;

namespace Signalbox.Evidence.Reports;

/// <summary>The changes as one JSON object: <c>{"kind":"sbom-diff","added":[…],"removed":[…],"changed":[…],"relicensed":[…]}</c>.</summary>
public static class SbomDiffJson
{
    public static void Write(TextWriter to, SbomDiff diff)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("kind", "sbom-diff");
            WriteAll(json, "added", diff.Added);
            WriteAll(json, "removed", diff.Removed);
            WriteChanges(json, "changed", diff.Changed);
            WriteChanges(json, "relicensed", diff.Relicensed);
            json.WriteEndObject();
        }
        to.WriteLine(System.Text.Encoding.UTF8.GetString(bytes.ToArray()));
    }

    private static void WriteAll(Utf8JsonWriter json, string name, IReadOnlyList<SbomComponent> components)
    {
        json.WriteStartArray(name);
        foreach (var component in components) WriteOne(json, component);
        json.WriteEndArray();
    }

    private static void WriteChanges(Utf8JsonWriter json, string name, IReadOnlyList<SbomChange> changes)
    {
        json.WriteStartArray(name);
        foreach (var change in changes)
        {
            json.WriteStartObject();
            json.WritePropertyName("before");
            WriteOne(json, change.Before);
            json.WritePropertyName("after");
            WriteOne(json, change.After);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteOne(Utf8JsonWriter json, SbomComponent component)
    {
        json.WriteStartObject();
        json.WriteString("name", component.Name);
        ReportJson.Text(json, "version", component.Version);
        ReportJson.Text(json, "purl", component.Purl);
        ReportJson.Texts(json, "licences", component.Licences);
        json.WriteEndObject();
    }
}
