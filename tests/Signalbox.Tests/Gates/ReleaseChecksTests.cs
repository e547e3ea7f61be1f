using Signalbox.Api;
using Signalbox.Evidence;
using Signalbox.Evidence.Reports;
using Signalbox.Gates;

namespace Signalbox.Tests.Gates;

/// <summary>A release's checks say yes only where something says so.</summary>
public sealed class ReleaseChecksTests
{
    private const string Critical = "images scanned, zero critical";

    private static readonly ScanFinding s_critical = new() { Ids = ["CVE-2026-1"], Severity = FindingSeverity.Critical, Packages = ["left-pad"] };

    private readonly GateFixture _release = new GateFixture().Good();

    [Fact]
    public void ZeroCritical_IsYes_WhereNoneIsThere()
    {
        var check = Of(Critical);
        Assert.Equal("yes", check.State);
        Assert.NotEmpty(check.Links);
    }

    [Fact]
    public void ZeroCritical_IsNo_WhereThePolicyBlocksNone()
    {
        _release.Policy = GateFixture.Gates("{ vulnerabilities: { block: none, blockFixable: none } }");
        _release.Add(EvidenceKind.Scan, new ScanFact("trivy", [FindingKind.Vulnerability], [s_critical]), where: "more.json");
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
        Assert.Equal(("no", "critical findings that are let through: 1, of them set aside: 0"), (Of(Critical).State, Of(Critical).Because));
    }

    [Fact]
    public void ZeroCritical_IsNo_WhereItIsSetAside()
    {
        _release.Add(EvidenceKind.Scan, new ScanFact("trivy", [FindingKind.Vulnerability], [s_critical]), where: "more.json");
        _release.Add(EvidenceKind.Vex, new VexFact([new(["CVE-2026-1"], [new(GateFixture.Artifact.Value, [])], VexStatus.NotAffected, "not called", GateFixture.Now.AddDays(-1))]), by: "bob");
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
        Assert.Equal(("no", "critical findings that are let through: 1, of them set aside: 1"), (Of(Critical).State, Of(Critical).Because));
    }

    [Fact]
    public void Check_WhoseGatesArePartlyOff_IsUnknown_AndNamesThem()
    {
        _release.Policy = GateFixture.Gates("{ signature: off, provenance: off }");
        var check = View().Checks.Single(check => check.Name == "security first");
        Assert.Equal("unknown", check.State);
        Assert.StartsWith("off: signature, provenance;", check.Because, StringComparison.Ordinal);
        Assert.Equal("unknown", Of("images signed").State);
    }

    /// <summary>What says so is the decision, where it is no evidence.</summary>
    [Fact]
    public void Check_WithoutEvidence_LinksToTheDecision()
    {
        Assert.Equal(["#7"], Of("health checks").Links);
        Assert.Equal(["#7"], Of("graceful shutdown").Links);
    }

    private ReleaseCheck Of(string name) => View().Checklist.Single(check => check.Name == name);

    private ReleaseProofView View()
    {
        var (inputs, report) = (_release.Inputs(), _release.Decide());
        var decided = new GateDecided(report.Release, report.Environment, report.Verdict, report.At, inputs.Release.Content, inputs.Release.ConfigurationDigest, [], inputs.Evidence.Listed, GateFixture.Other, GateEvents.DigestOf(report), report.Results);
        return ReleaseChecks.Of(new(7, "shop/production", "alice", decided), [], new("shop-2", "shop", null, _release.Artifacts, [_release.Configuration], GateFixture.Now));
    }
}
