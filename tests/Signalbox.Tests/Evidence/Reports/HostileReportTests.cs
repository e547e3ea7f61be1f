using System.Diagnostics;
using System.Globalization;
using System.Text;
using Signalbox.Evidence;
using Signalbox.Evidence.Reports;

namespace Signalbox.Tests.Evidence.Reports;

/// <summary>Small reports that are large once they are read: whoever may hand in evidence may hand in these.</summary>
public sealed class HostileReportTests
{
    private const long MostMemory = 100 << 20;
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(10);

    /// <summary>Each argument names the next one twice: 2^60 characters, where an argument is looked into.</summary>
    [Fact]
    public void Sarif_ArgumentsWithinArguments_AreTexts()
    {
        var arguments = string.Join(',', Enumerable.Range(1, 60).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"{{{i}}}{{{i}}}\"")));
        var report = Scan(Run($$$"""{"message":{"text":"a {0} b {1}{99}","arguments":[{{{arguments}}}]}}"""));
        Assert.Equal("a {1}{1} b {2}{2}{99}", report.Findings[0].Titles[0]);
    }

    [Fact]
    public void Sarif_APlaceholderAsOftenAsThereIsRoom_IsCut()
    {
        var report = Scan(Run($$$"""{"message":{"text":"{{{string.Concat(Enumerable.Repeat("{0}", 2_700_000))}}}","arguments":["{{{new string('x', 150)}}}"]}}"""));
        Assert.Equal(ReportLimits.Default.MaxTextLength, report.Findings[0].Titles[0].Length);
    }

    [Fact]
    public void Sarif_AnIdOfMillionsOfParts_IsLookedUpOnce()
    {
        var report = Scan(Run($$$"""{"ruleId":"{{{string.Concat(Enumerable.Repeat("a/", 7_000_000))}}}","message":{"text":"m"}}"""));
        Assert.Equal(ReportLimits.Default.MaxTextLength, report.Findings[0].Id!.Length);
    }

    [Fact]
    public void Sarif_RuleOfAPart_IsFoundByTheIdBeforeIt()
    {
        var report = Scan(Run("""{"ruleId":"CA1000/1/2","message":{"id":"m","arguments":["x"]}}""", rules: """{"id":"CA1000","shortDescription":{"text":"short"},"messageStrings":{"m":{"text":"{0} is bad"}}}"""));
        Assert.Equal(["x is bad", "short"], report.Findings[0].Titles);
    }

    [Fact]
    public void Sarif_ABaseThatNamesItself_IsCut()
    {
        var places = string.Join(',', Enumerable.Repeat("""{"physicalLocation":{"artifactLocation":{"uri":"a","uriBaseId":"B"}}}""", 20));
        var results = string.Join(',', Enumerable.Repeat($$$"""{"message":{"text":"m"},"locations":[{{{places}}}]}""", 1000));
        var report = Read(Run(results, more: $$$""" "originalUriBaseIds":{"B":{"uri":"{{{new string('u', 15 << 20)}}}","uriBaseId":"B"}},"""));
        Assert.Equal(ReportLimits.Default.MaxTextLength, Assert.IsType<ScanReport>(report).Findings[0].Paths[1].Length);
    }

    [Fact]
    public void Sarif_ARulesTextsForEachOfManyResults_AreRefused()
    {
        var text = new string('t', 8192);
        var report = Read(Run(
            string.Join(',', Enumerable.Repeat("""{"ruleIndex":0,"message":{"id":"m"}}""", 30_000)),
            rules: $$$"""{"id":"r","name":"n{{{text}}}","shortDescription":{"text":"s{{{text}}}"},"fullDescription":{"text":"f{{{text}}}"},"messageStrings":{"m":{"text":"m{{{text}}}"} } }"""));
        Assert.Contains("said again and again", Assert.IsType<RefusedReport>(report).Reason);
    }

    /// <summary>As real tools write them: a rule's texts for each of its results, some times what the file has.</summary>
    [Fact]
    public void Sarif_ARulesTextsForItsResults_AreRead()
    {
        var text = new string('t', 2000);
        var result = """{"ruleId":"r","ruleIndex":0,"level":"error","message":{"text":"Package: x Installed Version: 1 Vulnerability CVE-2026-1 Severity: HIGH"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"library/x","uriBaseId":"ROOT"},"region":{"startLine":1,"startColumn":1}},"message":{"text":"library/x: x@1"}}]}""";
        var report = Scan(Run(string.Join(',', Enumerable.Repeat(result, 5000)), rules: $$$"""{"id":"r","name":"OsPackageVulnerability","shortDescription":{"text":"short"},"fullDescription":{"text":"{{{text}}}"}}"""));
        Assert.Equal(5000, report.Findings.Count);
    }

    /// <summary>Facts are what is kept for good: they do not grow past what was handed in by more than so much.</summary>
    [Fact]
    public async Task Facts_ManyTimesTheContent_AreRefusedBeforeTheyAreMade()
    {
        var evidence = new EvidenceFixture(new ManyFacts());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = (await evidence.TakeAsync("x")).Refusal!;
        Assert.Equal("evidence-too-large", refusal.Id);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 << 20);
        Assert.Equal(0, evidence.Store.Count);
    }

    [Fact]
    public void Facts_TakeNoMoreThanTheyMay()
    {
        var facts = new CoverageFact(1, 2, 3, 4) { Names = [EvidenceFixture.Subject], MadeAt = EvidenceFixture.Now };
        var canonical = EvidenceFactsText.Canonical(facts);
        Assert.Equal(canonical, EvidenceFactsText.TryCanonical(facts, canonical.Length));
        Assert.Null(EvidenceFactsText.TryCanonical(facts, canonical.Length - 1));
        Assert.Equal((1 << 20) + 1600, EvidenceFactsText.MostFor(100));
        Assert.Equal(EvidenceFactsText.Most, EvidenceFactsText.MostFor(1L << 40));
    }

    [Fact]
    public void Reading_EndsWhereItIsGivenUp()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(SampleReports.Trivy("CVE-1")));
        Assert.ThrowsAny<OperationCanceledException>(() => new ReportEvidenceReader().Read(content, new(null, "x", [EvidenceFixture.Subject], null, EvidenceFixture.Now) { Cancel = stop.Token }));
    }

    /// <summary>A thousand findings that share one long text.</summary>
    private sealed class ManyFacts : IEvidenceReader
    {
        public (EvidenceReading? Reading, EvidenceRefusal? Refusal) Read(Stream content, EvidenceAsked asked) =>
            (new(EvidenceKind.Scan, "x", new ScanFact("x", [FindingKind.Code], [.. Enumerable.Repeat(new ScanFinding { Ids = ["a"], Titles = [new string('t', 60_000)] }, 1000)]), EvidenceVerification.Unsigned, ""), null);
    }

    private static string Run(string results, string? rules = null, string more = "") =>
        $$$"""{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"{{{(rules is null ? "" : $",\"rules\":[{rules}]")}}}}},{{{more}}}"results":[{{{results}}}]}]}""";

    private static ScanReport Scan(string text) => Assert.IsType<ScanReport>(Read(text));

    /// <summary>Within the time and the memory that one request may take: a share of what was handed in, and a bound.</summary>
    private static Report Read(string text)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        var (clock, before) = (Stopwatch.StartNew(), GC.GetAllocatedBytesForCurrentThread());
        var report = ReportReader.Read(stream, cancel: TestContext.Current.CancellationToken);
        var (took, allocated) = (clock.Elapsed, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(took < s_most, $"took {took}");
        Assert.True(allocated < MostMemory + (16 * stream.Length), $"allocated {allocated:N0} for {stream.Length:N0}");
        return report;
    }
}
