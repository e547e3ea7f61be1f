using CsCheck;
using Signalbox.Audit;

namespace Signalbox.Tests.Audit;

/// <summary>A patch gives the new text when it is applied to the old one.</summary>
public sealed class UnifiedDiffTests
{
    [Fact]
    public void Of_OneChangedLine_IsAsDiffWritesIt() => Assert.Equal(
        "--- a/x.yml\n+++ b/x.yml\n@@ -2,5 +2,5 @@\n 2\n 3\n 4\n-5\n+five\n 6\n",
        UnifiedDiff.Of("x.yml", "1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\nfive\n6\n"));

    [Fact]
    public void Of_NoNewLineAtTheEnd_IsMarked() => Assert.EndsWith("-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n", UnifiedDiff.Of("x", "a\nb", "a\nc"));

    [Fact]
    public void Of_AnyTwoTexts_AppliesWithGit()
    {
        using var folder = new TempDirectory();
        ChangedFilesTests.Git(folder.Path, "init", "--quiet", ".");
        Gen.Select(Lines, Lines).Where(t => t.Item1 != t.Item2 && t.Item1.Length > 0 && t.Item2.Length > 0).Sample((before, after) =>
        {
            folder.Write("x.yml", before);
            folder.Write("p.diff", UnifiedDiff.Of("x.yml", before, after));
            ChangedFilesTests.Git(folder.Path, "apply", "--whitespace=nowarn", "p.diff");
            return File.ReadAllText(folder.In("x.yml")) == after;
        }, iter: 25, threads: 1);
    }

    [Fact]
    public void Of_AnyTwoTexts_SaysNoMoreThanTheDifference() => Gen.Select(Lines, Lines).Sample((before, after) =>
    {
        var patch = UnifiedDiff.Of("x", before, after).Split('\n').Skip(2).ToList();
        return before == after ? patch is [""] : patch.Count(l => l.StartsWith('-')) <= before.Split('\n').Length && patch.Any(l => l.StartsWith("@@", StringComparison.Ordinal));
    });

    private static Gen<string> Lines => Gen.Select(Gen.Int[0, 4].Select(i => "abcd "[i].ToString().Trim()).Array[0, 30], Gen.Bool)
        .Select((lines, end) => string.Join('\n', lines) + (end && lines.Length > 0 ? "\n" : ""));
}
