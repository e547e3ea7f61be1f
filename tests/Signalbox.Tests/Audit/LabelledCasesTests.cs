using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Signalbox.Audit;

namespace Signalbox.Tests.Audit;

/// <summary>
/// Holds the audit to cases that other projects labelled: precision and recall of each source with at least 50 findings, and of the
/// smaller ones together. The judge is the cases' own score.py; labels of docs/decisions/0060 count neither way.
/// </summary>
public sealed class LabelledCasesTests : IDisposable
{
    private const double Bar = 0.95;
    private const int Large = 50;

    private static readonly string s_cases = Path.Combine(Cases.Root, "..", "shared", "audit-cases");
    private readonly TempDirectory _folder = new();

    [Fact]
    public async Task EverySource_IsMetInPrecisionAndRecall()
    {
        Assert.SkipUnless(File.Exists(Path.Combine(s_cases, "score.py")), "the labelled cases are not beside the repository");
        Assert.SkipUnless(CanJudge(), "score.py needs python3");
        using var scores = JsonDocument.Parse(await File.ReadAllBytesAsync(await ScoreAsync(), TestContext.Current.CancellationToken));
        var sources = Sources(scores.RootElement);
        var rows = sources.Where(s => s.Found >= Large).Append(sources.Where(s => s.Found < Large).Aggregate((a, b) => a.And(b)) with { Name = "the smaller ones together" }).ToList();
        Assert.True(rows.Count > 2, "no source was scored");
        var table = string.Concat(rows.Select(r => r.Row));
        Assert.True(rows.All(r => r.Precision >= Bar && r.Recall >= Bar), table + string.Join('\n', scores.RootElement.GetProperty("misses").EnumerateArray().Select(m => m.ToString())));
        var page = await File.ReadAllTextAsync(Path.Combine(Cases.Root, "docs", "audit.md"), TestContext.Current.CancellationToken);
        Assert.True(page.Contains(table, StringComparison.Ordinal), "docs/audit.md has another table; this is what was measured:\n" + table);
    }

    [Fact]
    public void LabelsSetAside_AreAtMostThreeInAHundred()
    {
        Assert.SkipUnless(Directory.Exists(s_cases), "the labelled cases are not beside the repository");
        var labels = Directory.EnumerateFiles(s_cases, "labels.jsonl", SearchOption.AllDirectories).Sum(f => File.ReadLines(f).Count());
        var aside = SetAside().ToList();
        Assert.InRange(aside.Count, 1, labels * 3 / 100);
        foreach (var (corpus, folder, rule) in aside)
            Assert.True(File.ReadLines(Path.Combine(s_cases, corpus, "labels.jsonl")).Any(l => l.Contains($"\"{folder}\"", StringComparison.Ordinal) && l.Contains($"\"{rule}\"", StringComparison.Ordinal)), $"no label of {corpus} says {rule} of {folder}");
    }

    /// <summary>What somebody who runs it for the first time sees of real workflows that nobody labelled: repeated findings are one line.</summary>
    [Fact]
    public async Task RealWorkflows_AreNotDrowned()
    {
        var noise = Path.Combine(s_cases, "noise", "cases");
        Assert.SkipUnless(Directory.Exists(noise), "the labelled cases are not beside the repository");
        var rules = new RuleSet(RuleTable.All);
        var folders = Directory.GetDirectories(noise);
        var lines = folders.AsParallel().SelectMany(c => new Auditor(rules, threads: 1).Run(c).Findings.Where(f => f.Persona == Persona.Regular).Select(f => (Rule: f.Rule.Id, Folder: c, f.Locations[0].Path)).Distinct()).ToList();
        var (rule, most) = lines.CountBy(l => l.Rule).MaxBy(r => r.Value);
        var row = string.Create(CultureInfo.InvariantCulture, $"{lines.Count} findings in {folders.Length} real workflows, {lines.Count / (double)folders.Length:F2} a file; most are of `{rule}`, {most * 100.0 / lines.Count:F1} %");
        Assert.True(lines.Count <= 3 * folders.Length && most * 100 <= 40 * lines.Count, row);
        var page = await File.ReadAllTextAsync(Path.Combine(Cases.Root, "docs", "audit.md"), TestContext.Current.CancellationToken);
        Assert.True(page.Contains(row, StringComparison.Ordinal), "docs/audit.md has another count; this is what was measured: " + row);
    }

    /// <summary>Audits every case by itself, as rules that look across files must, and has the findings judged.</summary>
    private async Task<string> ScoreAsync()
    {
        var (sarif, scores) = (_folder.In("found.sarif"), _folder.In("scores.json"));
        var rules = new RuleSet(RuleTable.All);
        var findings = Directory.EnumerateFiles(s_cases, "labels.jsonl", SearchOption.AllDirectories)
            .SelectMany(f => Directory.GetDirectories(Path.Combine(Path.GetDirectoryName(f)!, "cases")).Select(c => (Source: Path.GetFileName(Path.GetDirectoryName(f)!), Case: c)))
            .AsParallel().SelectMany(c => new Auditor(rules, threads: 1).Run(c.Case).Findings.Select(f => (Rule: f.Rule.Id, Place: f.Locations[0] with { Path = $"{c.Source}/{Path.GetFileName(c.Case)}/{f.Locations[0].Path}" }))).ToList();
        await File.WriteAllBytesAsync(sarif, Sarif(rules, findings.Select(f => (f.Rule, f.Place.Path, f.Place.Line))), TestContext.Current.CancellationToken);
        using var judge = Process.Start(new ProcessStartInfo("python3", [Path.Combine(s_cases, "score.py"), "--cases", s_cases, "--sarif", sarif, "--sarif-root", "/", "--json", scores, "--no-noise"]) { RedirectStandardOutput = true })!;
        await judge.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await judge.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, judge.ExitCode);
        return scores;
    }

    private static byte[] Sarif(RuleSet rules, IEnumerable<(string Rule, string Path, int Line)> findings)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartArray("runs");
            json.WriteStartObject();
            json.WriteStartObject("tool");
            json.WriteStartObject("driver");
            json.WriteStartArray("rules");
            foreach (var rule in rules.Rules) Object(json, () => json.WriteString("id", rule.Info.Id));
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartArray("results");
            foreach (var finding in findings) Object(json, () => Result(json, finding));
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    private static void Result(Utf8JsonWriter json, (string Rule, string Path, int Line) finding)
    {
        json.WriteString("ruleId", finding.Rule);
        json.WriteStartArray("locations");
        Object(json, () =>
        {
            json.WriteStartObject("physicalLocation");
            json.WriteStartObject("artifactLocation");
            json.WriteString("uri", finding.Path);
            json.WriteEndObject();
            json.WriteStartObject("region");
            json.WriteNumber("startLine", finding.Line);
            json.WriteEndObject();
            json.WriteEndObject();
        });
        json.WriteEndArray();
    }

    private static void Object(Utf8JsonWriter json, Action content)
    {
        json.WriteStartObject();
        content();
        json.WriteEndObject();
    }

    private static List<Score> Sources(JsonElement scores)
    {
        var aside = SetAside().ToHashSet();
        var misses = scores.GetProperty("misses").EnumerateArray().Where(m => aside.Contains((m[1].GetString()!, m[2].GetString()!, m[3].GetString()!))).Select(m => (Kind: m[0].GetString(), Source: m[1].GetString())).ToList();
        return
        [
            .. scores.GetProperty("corpora").EnumerateObject().Select(c => new Score(c.Name, Count(c.Value, "tp"),
                Count(c.Value, "fp") - misses.Count(m => m == ("FP", c.Name)), Count(c.Value, "fn") - misses.Count(m => m == ("FN", c.Name)))).OrderBy(s => s.Name, StringComparer.Ordinal),
        ];
    }

    private static int Count(JsonElement tally, string name) => tally.TryGetProperty(name, out var count) ? count.GetInt32() : 0;

    private static IEnumerable<(string Corpus, string Folder, string Rule)> SetAside() =>
        from line in File.ReadLines(Path.Combine(Cases.Root, "docs", "decisions", "0060-labels-set-aside.md"))
        let cells = line.Split('|').Select(c => c.Trim()).ToList()
        where cells.Count == 6 && Directory.Exists(Path.Combine(s_cases, cells[1])) && cells[1].Length > 0
        select (cells[1], cells[2], cells[3]);

    internal static bool CanJudge() => Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "python3")));

    public void Dispose() => _folder.Dispose();

    private sealed record Score(string Name, int Met, int Wrong, int Missed)
    {
        public int Found => Met + Missed;

        public double Precision => Met / (double)Math.Max(1, Met + Wrong);

        public double Recall => Met / (double)Math.Max(1, Met + Missed);

        public string Row => string.Create(CultureInfo.InvariantCulture, $"| {Name} | {Found} | {Precision * 100:F1} | {Recall * 100:F1} |\n");

        public Score And(Score other) => new(Name, Met + other.Met, Wrong + other.Wrong, Missed + other.Missed);
    }
}
