using Signalbox.Audit;
using Signalbox.Yaml;

namespace Signalbox.Tests.Audit;

/// <summary>
/// Every rule's case folders, tests/cases/audit/RULE/{ok*,error*,fix*}: each is a small repository. An error case
/// keeps what is found in <c>expected.txt</c> beside its files; a fix case holds before/ and after/.
/// </summary>
public sealed class RuleCasesTests
{
    public static TheoryData<string> Rules => [.. RuleTable.All.Select(r => r.Info.Id)];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Rule_HasACaseOfEachKind(string id)
    {
        var rule = RuleTable.Find(id)!;
        Assert.NotEmpty(CasesOf(id, "ok"));
        Assert.NotEmpty(CasesOf(id, "error"));
        if (rule.Info.Fix is not null) Assert.NotEmpty(CasesOf(id, "fix"));
        Assert.Equal(Pascal(id) + "Rule", rule.GetType().Name);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Ok_FindsNothing(string id)
    {
        foreach (var folder in CasesOf(id, "ok"))
        {
            var findings = Audit(id, Load(folder));
            Assert.True(findings.Count == 0, $"{folder}: {Lines(findings)}");
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Error_FindsWhatIsExpected(string id)
    {
        foreach (var folder in CasesOf(id, "error"))
        {
            var findings = Audit(id, Load(folder));
            Assert.NotEmpty(findings);
            Cases.Verify(Path.Combine(folder, "expected.txt"), Lines(findings));
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Fix_GivesWhatIsExpectedAndConverges(string id)
    {
        foreach (var folder in CasesOf(id, "fix"))
        {
            var before = Load(Path.Combine(folder, "before"));
            var after = Fixed(id, before);
            foreach (var file in after)
                Cases.Verify(Path.Combine(folder, "after", file.Path), (file.ByteOrderMark ? "\uFEFF" : "") + file.Text.Content);
            Assert.NotEqual(before.Select(f => f.Text.Content), after.Select(f => f.Text.Content));
            Assert.Equal(after.Select(f => f.Text.Content), Fixed(id, after).Select(f => f.Text.Content));
            Assert.DoesNotContain(Audit(id, after), f => f.Fix is not null);
            Assert.DoesNotContain(after, f => f.Path.EndsWith(".yml", StringComparison.Ordinal) && f.Yaml.Problems.Count > 0);
        }
    }

    private static IReadOnlyList<SourceFile> Fixed(string id, IReadOnlyList<SourceFile> files)
    {
        var (changed, _) = FixRun.Apply(
            changed => Audit(id, [.. files.Select(f => changed.GetValueOrDefault(f.Path, f))]),
            path => files.FirstOrDefault(f => f.Path == path), FixChoice.Unsafe);
        return [.. files.Select(f => changed.GetValueOrDefault(f.Path, f))];
    }

    private static IReadOnlyList<AuditFinding> Audit(string id, IReadOnlyList<SourceFile> files)
    {
        var result = new Auditor(new([RuleTable.Find(id)!])).Run(files);
        Assert.DoesNotContain(result.Findings, f => f.Rule.Id == "unreadable-file");
        return result.Findings;
    }

    private static string Lines(IEnumerable<AuditFinding> findings) => string.Concat(findings.Select(f =>
        $"{f.Locations[0].Path}:{f.Locations[0].Line}:{f.Locations[0].Column} {f.Persona.ToString().ToLowerInvariant()} {f.Severity.ToString().ToLowerInvariant()} {f.Message}\n"));

    internal static IReadOnlyList<SourceFile> Load(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(p => Path.GetFileName(p) != "expected.txt")
            .Order(StringComparer.Ordinal)
            .Select(p => Read(folder, p)),
    ];

    private static SourceFile Read(string folder, string path)
    {
        var bytes = File.ReadAllBytes(path);
        YamlReader.Decode(bytes, out var text);
        return new(Path.GetRelativePath(folder, path).Replace('\\', '/'), text, bytes is [0xEF, 0xBB, 0xBF, ..]);
    }

    private static IReadOnlyList<string> CasesOf(string id, string kind)
    {
        var folder = Path.Combine(Cases.Root, "tests", "cases", "audit", id);
        return Directory.Exists(folder) ? [.. Directory.GetDirectories(folder, kind + "*").Order(StringComparer.Ordinal)] : [];
    }

    private static string Pascal(string id) => string.Concat(id.Split('-').Select(w => char.ToUpperInvariant(w[0]) + w[1..]));
}
