using System.Text.Json;

namespace Signalbox.Evidence.Reports;

/// <summary>The SBOM's part of <see cref="ReportJson"/>.</summary>
internal static class SbomJson
{
    public static void Write(Utf8JsonWriter json, SbomReport sbom)
    {
        json.WriteBoolean("valid", sbom.Valid);
        if (!sbom.Valid) ReportJson.Texts(json, "problems", sbom.Problems);
        json.WriteString("format", sbom.Format);
        json.WriteString("specVersion", sbom.SpecVersion);
        ReportJson.Text(json, "schema", sbom.Schema);
        json.WriteNumber("components", sbom.Components.Count);
        ReportJson.Text(json, "partial", sbom.Partial);
        WriteMinimum(json, NtiaMinimum.Check(sbom));
        WriteLicences(json, sbom);
        if (sbom.Statements.Count > 0) ReportJson.WriteStatements(json, sbom.Statements);
        if (sbom.Findings is not null) json.WriteString("tool", "cyclonedx");
    }

    private static void WriteMinimum(Utf8JsonWriter json, IReadOnlyList<NtiaGap> gaps)
    {
        json.WriteStartObject("ntiaMinimum");
        json.WriteBoolean("complete", gaps.Count == 0);
        json.WriteStartArray("missing");
        foreach (var gap in gaps)
        {
            json.WriteStartObject();
            json.WriteString("element", gap.Element);
            if (gap.Components > 0) json.WriteNumber("components", gap.Components);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>How many components are under each licence, the most frequent first; one under several counts for each.</summary>
    private static void WriteLicences(Utf8JsonWriter json, SbomReport sbom)
    {
        var counts = LicenceCount.Of(sbom);
        json.WriteStartObject("licences");
        foreach (var (licence, count) in counts)
            if (licence != LicenceCount.NotStated) json.WriteNumber(licence, count);
        json.WriteEndObject();
        json.WriteNumber("withoutLicence", counts.Where(c => c.Key == LicenceCount.NotStated).Sum(c => c.Value));
    }
}
