using System.Text.Json;
using Signalbox.Evidence.Reports;

namespace Signalbox.Tests.Evidence.Reports;

/// <summary>One row of the shared evidence cases: what a report must be read as. The rules are those of its score.py, on the printed model.</summary>
internal sealed record EvidenceRow(string Part, string File, JsonElement Expected)
{
    private static readonly string[] s_severities = ["critical", "high", "medium", "low", "info"];

    /// <summary>The corpus beside the repository; null where it is not there.</summary>
    public static string? Corpus { get; } = Directory.Exists(Path.Combine(Cases.Root, "..", "shared", "evidence-cases"))
        ? Path.GetFullPath(Path.Combine(Cases.Root, "..", "shared", "evidence-cases"))
        : null;

    public static IEnumerable<EvidenceRow> Of(string part)
    {
        foreach (var rows in Directory.GetFiles(Path.Combine(Corpus!, part), "expected.jsonl", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            foreach (var line in System.IO.File.ReadLines(rows).Where(l => l.Length > 0))
            {
                var row = JsonDocument.Parse(line).RootElement;
                yield return new(part, Path.Combine(Path.GetDirectoryName(rows)!, row.GetProperty("file").GetString()!), row);
            }
    }

    public static JsonElement Print(string file)
    {
        using var stream = System.IO.File.OpenRead(file);
        var text = new StringWriter();
        ReportJson.Write(text, ReportReader.Read(stream));
        return JsonDocument.Parse(text.ToString()).RootElement;
    }

    public bool IsRight(JsonElement printed) => Part switch
    {
        "scans" => printed.TryGetProperty("findings", out var findings) && ScanIsRight([.. findings.EnumerateArray()]),
        "sbom" => SbomIsRight(printed),
        _ => CoverageIsRight(printed),
    };

    public override string ToString() => $"{Path.GetRelativePath(Corpus!, File)}: {Expected.GetRawText()[..Math.Min(300, Expected.GetRawText().Length)]}";

    private bool ScanIsRight(List<JsonElement> findings)
    {
        var expect = Expected.GetProperty("expect");
        return Expected.GetProperty("kind").GetString() switch
        {
            "count" => findings.Count == expect.GetInt32() || (Expected.TryGetProperty("also", out var also) && also.EnumerateArray().Any(a => a.GetInt32() == findings.Count)),
            "severity_counts" => s_severities.All(s => findings.Count(f => f.GetProperty("severity").GetString() == s) == expect.GetProperty(s).GetInt32()),
            "ids" => expect.EnumerateArray().All(id => findings.Any(f => Field(f, "id").Contains(Normal("id", id.ToString())))),
            _ => findings.Any(f => expect.EnumerateObject().All(field => Satisfies(f, field.Name, field.Value))),
        };
    }

    private static bool Satisfies(JsonElement finding, string name, JsonElement wanted)
    {
        var have = Field(finding, name);
        var want = (wanted.ValueKind == JsonValueKind.Array ? wanted.EnumerateArray().Select(w => w.ToString()) : [wanted.ToString()]).Select(w => Normal(name, w));
        return name == "id" ? want.All(have.Contains) : want.Any(have.Contains);
    }

    private static HashSet<string> Field(JsonElement finding, string name)
    {
        var values = new List<string>();
        if (finding.TryGetProperty(name, out var one)) values.Add(one.ToString());
        if (finding.TryGetProperty(name + "s", out var more)) values.AddRange(more.EnumerateArray().Select(v => v.ToString()));
        return [.. values.Select(v => Normal(name, v))];
    }

    private static string Normal(string name, string text)
    {
        if (name != "path") text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (name is "id" or "package") return text.ToLowerInvariant();
        if (name != "path") return text;
        text = text.Replace('\\', '/');
        while (text.StartsWith("./", StringComparison.Ordinal)) text = text[2..];
        return text.TrimStart('/');
    }

    private bool SbomIsRight(JsonElement printed)
    {
        var valid = Expected.GetProperty("valid").GetBoolean();
        if (!printed.TryGetProperty("valid", out var said) || said.GetBoolean() != valid) return false;
        return !valid || new[] { "format", "specVersion", "components" }.All(k => printed.GetProperty(k).ToString() == Expected.GetProperty(k).ToString());
    }

    private bool CoverageIsRight(JsonElement printed)
    {
        if (!printed.TryGetProperty("lines", out var lines) || !printed.TryGetProperty("branches", out var branches)) return false;
        long[] got = [lines.GetProperty("covered").GetInt64(), lines.GetProperty("total").GetInt64(), branches.GetProperty("covered").GetInt64(), branches.GetProperty("total").GetInt64()];
        return Expected.GetProperty("also").EnumerateArray().Prepend(Expected).Any(counts =>
            got.SequenceEqual(new[] { "lines_covered", "lines_total", "branches_covered", "branches_total" }.Select(k => counts.GetProperty(k).GetInt64())));
    }
}
