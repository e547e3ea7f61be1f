using CsCheck;
using Signalbox.Pipelines.Design;

namespace Signalbox.Tests.Pipelines.Design;

public sealed class MergedTextTests
{
    private const string Written = "a\nb\nc\nd\ne\nf\ng\n";

    [Theory]
    [InlineData(Written, "a\nB\nc\nd\ne\nf\ng\n", "a\nB\nc\nd\ne\nf\ng\n", 0)]
    [InlineData("a\nb\nc\nd\ne\nf\nmine\n", Written, "a\nb\nc\nd\ne\nf\nmine\n", 0)]
    [InlineData("a\nb\nc\nd\ne\nf\nmine\n", "new\nb\nc\nd\ne\nf\ng\n", "new\nb\nc\nd\ne\nf\nmine\n", 0)]
    [InlineData("a\nmine\nc\nd\ne\nf\ng\n", "a\ntheirs\nc\nd\ne\nf\ng\n", null, 2)]
    [InlineData("mine\nb\nc\nd\ne\nf\ng\n", "theirs\nb\nc\nd\ne\nf\ng\n", null, 1)]
    public async Task Merge_KeepsBothChanges_OrSaysWhereTheyMeet(string mine, string now, string? expected, int conflict)
    {
        var merged = await MergeAsync(mine, Written, now);
        Assert.Equal((expected, conflict), (merged.Text, merged.Conflict));
    }

    [Fact]
    public async Task Merge_OfWhatWasMergedBefore_ChangesNothing()
    {
        var once = await MergeAsync("a\nb\nc\nd\ne\nf\nmine\n", Written, "new\nb\nc\nd\ne\nf\ng\n");
        Assert.Equal(once, await MergeAsync(once.Text!, "new\nb\nc\nd\ne\nf\ng\n", "new\nb\nc\nd\ne\nf\ng\n"));
    }

    /// <summary>A line that a person added far from every other change is always kept.</summary>
    [Fact]
    public async Task Merge_NeverLosesALine()
    {
        var cases = new List<(int Mine, int Now)>();
        Gen.Select(Gen.Int[0, 9], Gen.Int[12, 19]).Sample((mine, now) => { lock (cases) cases.Add((mine, now)); }, iter: 20, threads: 1);
        foreach (var (mine, now) in cases)
        {
            var written = Enumerable.Range(0, 20).Select(i => $"line {i}").ToList();
            var (one, other) = (written.ToList(), written.ToList());
            one.Insert(mine, "mine");
            other[now] = "new";
            var merged = (await MergeAsync(Text(one), Text(written), Text(other))).Text!;
            Assert.Contains("mine\n", merged, StringComparison.Ordinal);
            Assert.Contains("new\n", merged, StringComparison.Ordinal);
        }

        static string Text(IEnumerable<string> lines) => string.Concat(lines.Select(l => l + "\n"));
    }

    private static async Task<MergedText> MergeAsync(string mine, string written, string now)
    {
        using var scratch = new TempDirectory();
        return await MergedText.MergeAsync(mine, written, now, scratch.Path, TestContext.Current.CancellationToken);
    }
}
