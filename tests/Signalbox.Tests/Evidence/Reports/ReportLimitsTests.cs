using System.Globalization;
using System.Text;
using Signalbox.Evidence.Reports;

namespace Signalbox.Tests.Evidence.Reports;

/// <summary>What is too large is refused at its limit, and what is within is read in memory that the file's size does not set.</summary>
public sealed class ReportLimitsTests
{
    [Fact]
    public void AFileLargerThanAllowed_IsRefused() => Refused("larger than 64 bytes", new(MaxBytes: 64), Trivy(10, "x"));

    [Fact]
    public void AnEntryLargerThanAllowed_IsRefused() => Refused("one entry is larger", new(MaxEntryBytes: 1 << 17), Trivy(1, new string('x', 1 << 18)));

    [Fact]
    public void AnXmlEntryLargerThanAllowed_IsRefused() =>
        Refused("one entry is larger", new(MaxEntryBytes: 1 << 17), $"<testsuite><testcase name='a'><failure>{new string('x', 1 << 18)}</failure></testcase></testsuite>");

    [Fact]
    public void MoreFindingsThanAllowed_AreRefused() => Refused("more than 9 findings", new(MaxItems: 9), Trivy(10, "x"));

    [Fact]
    public void XmlDeeperThanAllowed_IsRefused() =>
        Refused("deep in each other", new(MaxDepth: 20), string.Concat(Enumerable.Repeat("<testsuite>", 50)) + string.Concat(Enumerable.Repeat("</testsuite>", 50)));

    [Fact]
    public void LongText_IsCut()
    {
        var report = (ScanReport)Read(Trivy(1, new string('x', 9000)), ReportLimits.Default);
        Assert.Equal(ReportLimits.Default.MaxTextLength, report.Findings[0].Titles[0].Length);
    }

    [Fact]
    public void AStreamThatFails_IsNoRefusal() =>
        Assert.Throws<IOException>(() => ReportReader.Read(new FailingStream()));

    [Fact]
    public void Cancelling_EndsTheReading()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => ReportReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(Trivy(1, "x"))), cancel: stop.Token));
    }

    /// <summary>Passed values are read over in one buffer: 64 MiB of them leave what is kept as small as the findings.</summary>
    [Fact]
    public void WhatIsNotKept_TakesNoMemory()
    {
        using var file = new RepeatingStream("""{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"t","Packages":[""", """{"Name":"zlib","Version":"1.2.13","Licenses":["Zlib"]},""", 1_200_000, """{}],"Vulnerabilities":[{"VulnerabilityID":"CVE-1","Severity":"HIGH"}]}]}""");
        Assert.True(file.Length > 60 << 20);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var report = Assert.IsType<ScanReport>(ReportReader.Read(file));
        Assert.Single(report.Findings);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    private static void Refused(string part, ReportLimits limits, string text) =>
        Assert.Contains(part, Assert.IsType<RefusedReport>(Read(text, limits)).Reason, StringComparison.Ordinal);

    private static Report Read(string text, ReportLimits limits) => ReportReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), limits, TestContext.Current.CancellationToken);

    private static string Trivy(int findings, string title) =>
        $$"""{"SchemaVersion":2,"ArtifactName":"a","Results":[{"Target":"t","Vulnerabilities":[{{string.Join(',', Enumerable.Range(0, findings).Select(i => string.Create(CultureInfo.InvariantCulture, $$"""{"VulnerabilityID":"CVE-{{i}}","Title":"{{title}}","Severity":"LOW"}""")))}}]}]}""";

    private sealed class FailingStream : MemoryStream
    {
        public FailingStream() => SetLength(10);

        public override int Read(byte[] buffer, int offset, int count) => throw new IOException("the disk is gone");

        public override int Read(Span<byte> buffer) => throw new IOException("the disk is gone");
    }
}
