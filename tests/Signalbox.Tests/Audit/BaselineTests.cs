using CsCheck;
using Signalbox.Audit;
using Signalbox.Audit.Baselines;
using Signalbox.Diagnostics;
using static Signalbox.Tests.Audit.PolicyTests;

namespace Signalbox.Tests.Audit;

/// <summary>What was known before stays known, wherever its line has moved to.</summary>
public sealed class BaselineTests
{
    private const string Steps = "    steps:\n      - uses: acme/build@v1\n      - uses: acme/build@v1\n      - uses: acme/test@v1\n";

    private const string Head = "on: push\njobs:\n  build:\n    runs-on: ubuntu-24.04\n";

    [Fact]
    public void Fingerprints_OfTheSameLineTwice_Differ()
    {
        var prints = Prints(Head + Steps);
        Assert.Equal(3, prints.Distinct().Count());
    }

    [Fact]
    public void Fingerprints_StayWhenLinesMoveOrAreIndented() => Gen.Int[0, 40].Sample(lines =>
        Prints(Head + Steps).SequenceEqual(Prints(string.Concat(Enumerable.Repeat("# a comment\n", lines)) + Head + "    timeout-minutes: 5\n" + Steps.Replace("      -", "        -", StringComparison.Ordinal))));

    [Fact]
    public void Baseline_KnowsWhatWasWritten_AndNothingNew()
    {
        using var folder = new TempDirectory();
        var (before, after) = (Audit(Head + Steps), Audit("\n" + Head + Steps + "      - uses: acme/new@v1\n"));
        Baseline.Write(folder.In("known.json"), before, new(before));
        var baseline = Baseline.Read(folder.In("known.json"));
        var prints = new Fingerprints(after);
        Assert.Equal("acme/new", Assert.Single(after, f => !baseline.Has(prints.Of(f))).Message.Split('\'')[1]);
    }

    [Fact]
    public void Baseline_WrittenTwice_IsTheSameFile()
    {
        using var folder = new TempDirectory();
        var findings = Audit(Head + Steps);
        Baseline.Write(folder.In("one"), findings, new(findings));
        Baseline.Write(folder.In("two"), [.. findings.Reverse()], new(findings));
        Assert.Equal(System.IO.File.ReadAllText(folder.In("one")), System.IO.File.ReadAllText(folder.In("two")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{ \"version\": 2, \"findings\": [] }")]
    [InlineData("{ \"version\": 1 }")]
    public void Baseline_ThatCannotBeRead_IsRefused(string? text)
    {
        using var folder = new TempDirectory();
        if (text is not null) folder.Write("known.json", text);
        var refusal = Assert.Throws<SignalboxException>(() => Baseline.Read(folder.In("known.json")));
        Assert.Equal(3, refusal.ExitCode);
    }

    private static IReadOnlyList<AuditFinding> Audit(string text) =>
        new Auditor(new([RuleTable.Find("unpinned-action")!])).Run([File(".github/workflows/ci.yml", text)]).Findings;

    private static IReadOnlyList<string> Prints(string text)
    {
        var findings = Audit(text);
        var prints = new Fingerprints(findings);
        return [.. findings.Select(prints.Of)];
    }
}
