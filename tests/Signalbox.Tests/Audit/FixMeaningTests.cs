using Signalbox.Audit;
using Signalbox.Yaml;

namespace Signalbox.Tests.Audit;

/// <summary>All fixes together, over the files of every fix case: they end, mend all they promise, and leave alone what they do not touch.</summary>
public sealed class FixMeaningTests
{
    private static readonly string s_cases = Path.Combine(Cases.Root, "tests", "cases", "audit");

    public static TheoryData<string> Folders =>
        [.. Directory.GetDirectories(s_cases).SelectMany(rule => Directory.GetDirectories(rule, "fix*")).Select(f => Path.GetRelativePath(s_cases, f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Folders))]
    public void SafeFixes_Converge_AndKeepTheMeaning(string folder) => Check(folder, FixChoice.Safe);

    [Theory]
    [MemberData(nameof(Folders))]
    public void AllFixes_Converge_AndKeepTheMeaning(string folder) => Check(folder, FixChoice.Unsafe);

    private static void Check(string folder, FixChoice choice)
    {
        var before = RuleCasesTests.Load(Path.Combine(s_cases, folder, "before"));
        var (after, _) = Fixed(before, choice);
        var (again, applied) = Fixed(after, choice);
        Assert.Equal(0, applied);
        Assert.Equal(after.Select(f => f.Text.Content), again.Select(f => f.Text.Content));
        var left = Audit(after).Where(f => f.Fix is { } fix && FixRun.Wanted(fix.Safety, choice)).ToList();
        Assert.True(left.Count == 0, string.Join(", ", left.Select(f => f.Rule.Id)));
        foreach (var (old, now) in before.Zip(after).Where(p => p.First.Text.Content != p.Second.Text.Content)) SameOutside(old, now);
    }

    /// <summary>Every value that was kept as it was written stands under the same keys as before.</summary>
    private static void SameOutside(SourceFile before, SourceFile after)
    {
        if (before.Yaml.Problems.Count > 0 || !before.Path.EndsWith("ml", StringComparison.Ordinal)) return;
        Assert.Empty(after.Yaml.Problems);
        var lines = after.Text.Content.Split('\n').GroupBy(l => l).ToDictionary(g => g.Key, g => g.Count());
        var kept = new HashSet<int>();
        foreach (var (line, number) in before.Text.Content.Split('\n').Select((l, i) => (l, i + 1)))
            if (lines.GetValueOrDefault(line) is > 0 and var some)
            {
                lines[line] = some - 1;
                kept.Add(number);
            }
        var now = Leaves(after).Select(l => (l.Path, l.Value)).ToHashSet();
        var lost = Leaves(before).Where(l => Enumerable.Range(l.From, l.To - l.From + 1).All(kept.Contains) && after.Text.Content.Contains(l.Text, StringComparison.Ordinal) && !now.Contains((l.Path, l.Value))).ToList();
        Assert.True(lost.Count == 0, $"{before.Path}: {string.Join("; ", lost)}\n{after.Text.Content}");
    }

    private static IEnumerable<(string Path, string Value, string Text, int From, int To)> Leaves(SourceFile file) => file.Yaml.Documents.SelectMany(d => Leaves(file, d, ""));

    private static IEnumerable<(string Path, string Value, string Text, int From, int To)> Leaves(SourceFile file, YamlNode? node, string path) => node switch
    {
        YamlMapping map => map.Entries.SelectMany(e => Leaves(file, e.Value, $"{path}/{e.Key.Value}")),
        YamlSequence list => list.Items.SelectMany(i => Leaves(file, i, path + "[]")),
        YamlScalar scalar => [(path, scalar.Value, file.Text.Slice(scalar.Range), file.Text.At(scalar.Range.Start).Line, file.Text.At(Math.Max(scalar.Range.Start, scalar.Range.End - 1)).Line)],
        _ => [],
    };

    private static (IReadOnlyList<SourceFile> Files, int Applied) Fixed(IReadOnlyList<SourceFile> files, FixChoice choice)
    {
        var (changed, applied) = FixRun.Apply(
            changed => Audit([.. files.Select(f => changed.GetValueOrDefault(f.Path, f))]), path => files.FirstOrDefault(f => f.Path == path), choice);
        return ([.. files.Select(f => changed.GetValueOrDefault(f.Path, f))], applied);
    }

    private static IReadOnlyList<AuditFinding> Audit(IReadOnlyList<SourceFile> files) => new Auditor(new(RuleTable.All)).Run(files).Findings;
}
