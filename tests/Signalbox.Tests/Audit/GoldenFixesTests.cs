using System.Diagnostics;
using System.Text.Json;
using Signalbox.Audit;

namespace Signalbox.Tests.Audit;

/// <summary>Holds fixes to what other projects' fixers make of the same files. The judge is the cases' own score_fixes.py.</summary>
public sealed class GoldenFixesTests : IDisposable
{
    // golden fixes that are not made, and why
    private static readonly Dictionary<string, string> s_leftAlone = new(StringComparer.Ordinal)
    {
        ["template-injection-test-fix-cmd-shell-with-custo-bf301c"] = "cmd puts %NAME% into the line before it reads it, so a title's & or \" still ends the command",
    };

    private static readonly string[] s_kinds = ["exact", "equivalent", "different", "unchanged"];
    private static readonly string s_cases = Path.Combine(Cases.Root, "..", "shared", "audit-cases");
    private readonly TempDirectory _folder = new();

    [Fact]
    public async Task EveryGoldenFix_IsMadeButForThoseLeftAlone()
    {
        Assert.SkipUnless(File.Exists(Path.Combine(s_cases, "score_fixes.py")), "the golden fixes are not beside the repository");
        Assert.SkipUnless(LabelledCasesTests.CanJudge(), "score_fixes.py needs python3");
        foreach (var (corpus, name, rule) in Goldens()) Mend(Path.Combine(s_cases, "fixes", corpus, "cases", name, "before"), _folder.In(Path.Combine(corpus, name)), rule);
        using var verdict = JsonDocument.Parse(await JudgeAsync());
        var cases = verdict.RootElement.GetProperty("cases").EnumerateArray().Select(c => (Name: c.GetProperty("case").GetString()!, Kind: c.GetProperty("kind").GetString()!)).ToList();
        Assert.True(cases.Count > 30, $"{cases.Count} fixes were judged");
        Assert.Equal(s_leftAlone.Keys.Order(StringComparer.Ordinal), cases.Where(c => c.Kind is not ("exact" or "equivalent")).Select(c => c.Name).Order(StringComparer.Ordinal));
        var counts = string.Join(' ', s_kinds.Select(k => $"{k} {cases.Count(c => c.Kind == k)}"));
        var page = await File.ReadAllTextAsync(Path.Combine(Cases.Root, "docs", "audit.md"), TestContext.Current.CancellationToken);
        Assert.True(page.Contains($"`fixes {counts}`", StringComparison.Ordinal), $"docs/audit.md says something else; this was measured: fixes {counts}");
    }

    private static IEnumerable<(string Corpus, string Case, string Rule)> Goldens() =>
        from file in Directory.EnumerateFiles(Path.Combine(s_cases, "fixes"), "fixes.jsonl", SearchOption.AllDirectories)
        from line in File.ReadLines(file)
        let row = JsonDocument.Parse(line).RootElement
        select (row.GetProperty("corpus").GetString()!, row.GetProperty("case").GetString()!, row.GetProperty("rule").GetString()!);

    /// <summary>What <c>audit --fix=unsafe --rule RULE</c> makes of a folder, in another one.</summary>
    private static void Mend(string before, string after, string rule)
    {
        var auditor = new Auditor(new([RuleTable.Find(rule)!]), threads: 1);
        var (changed, _) = FixRun.Apply(c => auditor.Run(before, c).Findings, path => FileLoader.Load(before, path).File, FixChoice.Unsafe);
        foreach (var file in Directory.EnumerateFiles(before, "*", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(before, file).Replace('\\', '/');
            var target = Path.Combine(after, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (changed.TryGetValue(path, out var mended)) File.WriteAllText(target, mended.Text.Content);
            else File.Copy(file, target);
        }
    }

    private async Task<byte[]> JudgeAsync()
    {
        var verdict = _folder.In("verdict.json");
        using var judge = Process.Start(new ProcessStartInfo("python3",
            [Path.Combine(s_cases, "score_fixes.py"), "--cases", s_cases, "--cmd", $"cp -r {_folder.Path}/{{corpus}}/{{case}}/. {{path}}", "--json", verdict])
        { RedirectStandardOutput = true })!;
        await judge.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await judge.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, judge.ExitCode);
        return await File.ReadAllBytesAsync(verdict, TestContext.Current.CancellationToken);
    }

    public void Dispose() => _folder.Dispose();
}
