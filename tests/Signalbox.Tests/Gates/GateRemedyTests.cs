using Signalbox.Evidence;
using Signalbox.Evidence.Reports;
using Signalbox.Gates;

namespace Signalbox.Tests.Gates;

/// <summary>The line to paste: it mends what it stands under, and whatever a report is called it is one harmless command.</summary>
public sealed class GateRemedyTests
{
    private readonly GateFixture _release = new GateFixture().Good();

    [Theory]
    [InlineData("cov.xml", "cov.xml")]
    [InlineData("out/cov 1.xml", "'out/cov 1.xml'")]
    [InlineData("a; rm -rf ~ #.xml", "'a; rm -rf ~ #.xml'")]
    [InlineData("$(id).xml", "'$(id).xml'")]
    [InlineData("it's.xml", "'it'\\''s.xml'")]
    [InlineData("--release", "./--release")]
    [InlineData("a\nb.xml", "'a b.xml'")]
    public void Remedy_QuotesAFilesName(string name, string pasted)
    {
        _release.Without(EvidenceKind.Coverage).Add(EvidenceKind.Coverage, new CoverageFact(1, 10, 0, 0), where: name);
        Assert.Equal($"signalbox evidence add coverage {pasted} --subject {GateFixture.Artifact}", Against("coverage").Help);
    }

    [Fact]
    public void Remedy_OfAVulnerability_IsOneLineWhateverThePackageIsCalled()
    {
        var finding = new ScanFinding { Ids = ["CVE-2026-1"], Kind = FindingKind.Vulnerability, Severity = FindingSeverity.Critical, Packages = ["x\n`id`"], Versions = ["1\r\u001b[31m"], FixedVersions = ["2; id"] };
        _release.Add(EvidenceKind.Scan, new ScanFact("trivy", [FindingKind.Vulnerability], [finding]), where: "again.json");
        var line = Against("vulnerabilities");
        Assert.Equal("signalbox deploy --evidence results/   # once 'x `id`' is updated to '2; id' and results/ has a new scan", line.Help);
        Assert.DoesNotContain(line.Text, char.IsControl);
    }

    [Theory]
    [InlineData(EvidenceKind.Coverage)]
    [InlineData(EvidenceKind.Test)]
    [InlineData(EvidenceKind.Sbom)]
    public void HandedInAnew_UnderTheNameThatTheRemedySays_IsAllowed(EvidenceKind kind)
    {
        EvidenceFacts bad = kind switch { EvidenceKind.Coverage => new CoverageFact(1, 10, 0, 0), EvidenceKind.Test => new TestFact(10, 1, 0), _ => new SbomFact("spdx", "2.3", 1, []) };
        EvidenceFacts good = kind switch { EvidenceKind.Coverage => new CoverageFact(9, 10, 0, 0), EvidenceKind.Test => new TestFact(10, 0, 0), _ => new SbomFact("spdx", "2.3", 1, []) { Names = [GateFixture.Artifact] } };
        var first = _release.Without(kind).Add(kind, bad, where: "result.x");
        // it came in a folder, and comes again by itself
        _release.Items[^1] = first with { Record = first.Record with { Source = new(EvidenceOrigin.Folder, "result.x") } };
        Assert.Equal(GateVerdict.Deny, _release.Decide().Verdict);
        Assert.Contains($" result.x --subject {GateFixture.Artifact}", _release.Decide().Results.Single(result => result.Stops).Lines[0].Help, StringComparison.Ordinal);
        _release.Add(kind, good, where: "result.x");
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
        _release.Add(kind, bad, where: "result.x", by: "mallory");
        Assert.Equal(GateVerdict.Deny, _release.Decide().Verdict);
    }

    [Fact]
    public void Remedy_OfMissingProvenance_NamesAKeyWhereOnlyKeysCount()
    {
        _release.Without(EvidenceKind.Provenance);
        Assert.EndsWith("--key acme.key.pub", Against("provenance").Help, StringComparison.Ordinal);
        _release.Policy = GateFixture.Gates("{ provenance: { identities: [\"https://github.com/acme/*\"] } }");
        Assert.EndsWith("--release shop-2", Against("provenance").Help, StringComparison.Ordinal);
    }

    /// <summary>A statement by who brings the release sets nothing aside, so the line says whose does.</summary>
    [Fact]
    public void Remedy_ByAStatement_SaysWhoseIsHeard()
    {
        _release.Add(EvidenceKind.Scan, new ScanFact("trivy", [FindingKind.Vulnerability], [new() { Ids = ["CVE-2026-1"], Severity = FindingSeverity.Critical, Packages = ["x"] }]), where: "again.json");
        Assert.EndsWith("handed in by somebody else than alice", Line(), StringComparison.Ordinal);
        _release.Policy = GateFixture.Gates("{ vulnerabilities: { vexFrom: [security, 'psirt'] } }");
        Assert.EndsWith("handed in by security or psirt, whom vexFrom names", Line(), StringComparison.Ordinal);

        string Line() => Against("vulnerabilities").Help!;
    }

    /// <summary>It is handed in again as it came: about what it was about, from where it was, and so that its signature is looked at.</summary>
    [Fact]
    public void Remedy_HandsInAgain_WhatWasHandedIn()
    {
        Assert.Equal("signalbox evidence add coverage cov.xml --release shop-2", Anew(subject: _release.Content));
        Assert.Equal($"signalbox evidence add coverage cov.xml --subject {GateFixture.Artifact}", Anew());
        Assert.Equal($"signalbox evidence add coverage ./build.out/cov.xml --subject {GateFixture.Artifact}", Anew("build.out/cov.xml"));
        Assert.Equal("signalbox evidence add coverage cov.xml --release shop-2", Anew(edit: record => record with { For = "shop" }));
        Assert.Equal($"signalbox evidence add coverage all.jsonl --subject {GateFixture.Artifact}", Anew("all.jsonl line 3"));
        Assert.Equal($"signalbox evidence add registry.example.com/acme/shop:1.4 --subject {GateFixture.Artifact}", Anew("registry.example.com/acme/shop:1.4 sha256-0a.att", edit: record => record with { Source = record.Source with { Origin = EvidenceOrigin.Registry } }));
        Assert.Equal($"signalbox evidence add coverage cov.xml --subject {GateFixture.Artifact} --key acme.key.pub", Anew(edit: record => record with { Verification = new(VerificationVerdict.Verified, []) }, signer: GateFixture.KeySigner));
    }

    private string? Anew(string where = "cov.xml", Signalbox.Delivery.Digest? subject = null, Func<EvidenceRecord, EvidenceRecord>? edit = null, Signer? signer = null)
    {
        var item = _release.Without(EvidenceKind.Coverage).Add(EvidenceKind.Coverage, new CoverageFact(1, 10, 0, 0) { Signer = signer }, subject, where: where);
        _release.Items[^1] = item with { Record = edit?.Invoke(item.Record) ?? item.Record };
        return Against("coverage").Help;
    }

    private GateLine Against(string gate) => _release.Decide().Of(gate).Lines.First(line => line.Verdict != GateVerdict.Allow);
}
