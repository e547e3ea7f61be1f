using System.Globalization;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Evidence.Reports;
using Signalbox.Gates;
using Signalbox.Ledger;

namespace Signalbox.Tests.Gates;

/// <summary>What somebody who may hand in evidence, or push to a registry, tries on the gates.</summary>
public sealed class GateAttackTests
{
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(10);
    private readonly GateFixture _release = new GateFixture().Good();

    [Fact]
    public void ManyFindings_OfSeveralArtifacts_AreDecidedSoon_AndCounted()
    {
        Services(5);
        _release.Policy = GateFixture.Gates("{ vulnerabilities: enforce, sast: warn, secrets: enforce }");
        _release.Add(EvidenceKind.Scan, Trivy(Findings(20_000)), _release.Content);
        var report = Soon(_release);
        var lines = report.Of(GateTable.Vulnerabilities).Lines;
        Assert.Equal((GateVerdict.Deny, 13, "and 99988 more"), (report.Verdict, lines.Count, lines[^1].Text));
    }

    [Fact]
    public void MoreFindingsThanAreWeighed_AreUndecided()
    {
        Services(6);
        _release.Policy = GateFixture.Gates("{ vulnerabilities: enforce, sast: enforce, secrets: enforce }");
        _release.Without(EvidenceKind.Scan).Add(EvidenceKind.Scan, Trivy(Findings(20_000)), _release.Content);
        var report = Soon(_release);
        Assert.Equal(GateVerdict.Undecided, report.Verdict);
        Assert.Equal(["gate-evidence-too-much"], report.Against().Distinct());
        Assert.Equal(3, report.Results.Count(result => result.Stops));
    }

    [Fact]
    public void ManyStatements_OnOneVulnerability_AreUndecided()
    {
        _release.Policy = GateFixture.Gates("{ vulnerabilities: enforce }");
        _release.Add(EvidenceKind.Scan, Trivy([.. Findings(10).Select((finding, i) => finding with { Ids = ["CVE-1"], Versions = [$"1.{i}"] })]), where: "more.json");
        VexProduct[] products = [.. Enumerable.Range(0, 1000).Select(i => new VexProduct($"pkg:npm/other{i}@1.0", []))];
        _release.Add(EvidenceKind.Vex, new VexFact([.. Enumerable.Repeat(new VexStatement(["CVE-1"], products, VexStatus.NotAffected, "not here", GateFixture.Now.AddDays(-1)), 600)]), by: "security");
        Assert.Equal("gate-evidence-too-much", Soon(_release).Of(GateTable.Vulnerabilities).Lines.Single(line => line.Verdict == GateVerdict.Undecided).Id);
    }

    [Fact]
    public void ManyRecords_AreSortedOutSoon()
    {
        _release.Policy = GateFixture.Gates("{ coverage: enforce }");
        for (var i = 0; i < 6000; i++) _release.Add(EvidenceKind.Coverage, new CoverageFact(i, 6000, 0, 0), where: string.Create(CultureInfo.InvariantCulture, $"{i % 3000}.xml"));
        Assert.Equal(GateVerdict.Deny, Soon(_release).Verdict);
    }

    /// <summary>Whose it is that cannot be read is not known: it may be the scan that would deny.</summary>
    [Fact]
    public void SignedReportFromARegistry_ThatIsLost_IsUndecided()
    {
        Imported(_release.Add(EvidenceKind.Scan, null, where: "again.json", verdict: VerificationVerdict.Verified));
        Assert.Equal((GateVerdict.Undecided, "gate-evidence-unreadable"), (_release.Decide().Verdict, _release.Decide().Against().Distinct().Single()));
    }

    /// <summary>Signers are named by one file, and what they sign is asked for by another.</summary>
    [Fact]
    public void SignedReportFromARegistry_CountsInEachLayer_BySignersThatOneNames()
    {
        var signers = new PolicyLayer("policy of *", null, GateFixture.Gates($"{{ signature: {{ keys: [\"{GateFixture.Key}\"] }} }}"));
        _release.Policy = GateFixture.Gates("{ sbom: enforce }");
        Assert.Equal(["gate-sbom-missing"], Decided("mallory", GateFixture.Other));
        Assert.Empty(Decided("ours", GateFixture.Key));
        // the release's own file as well: it names nobody for itself
        _release.Policy = GateFixture.Gates("{}");
        _release.Configuration = _release.Configuration with { Gates = [new(GateTable.Sbom, GateMode.Enforce, new Dictionary<string, IReadOnlyList<string>>())] };
        Assert.Empty(Decided("ours", GateFixture.Key));
        Assert.Equal(["gate-sbom-missing"], Decided("mallory", GateFixture.Other));

        IReadOnlyList<string> Decided(string where, Digest key)
        {
            _release.Without(EvidenceKind.Sbom);
            Imported(_release.Add(EvidenceKind.Sbom, new SbomFact("cyclonedx", "1.6", 12, []) { Names = [GateFixture.Artifact], Signer = new(key) }, where: where, verdict: VerificationVerdict.Verified));
            return GateDecision.Decide(_release.Inputs(signers)).Against();
        }
    }

    /// <summary>One that names signers of its own takes no others.</summary>
    [Fact]
    public void SignedReportFromARegistry_ByASignerOfAnotherLayer_DoesNotCountWhereOthersAreNamed()
    {
        var others = new PolicyLayer("policy of *", null, GateFixture.Gates($"{{ signature: {{ mode: warn, keys: [\"{GateFixture.Other}\"] }} }}"));
        _release.Policy = GateFixture.Gates($"{{ sbom: enforce, signature: {{ keys: [\"{GateFixture.Key}\"] }} }}");
        _release.Without(EvidenceKind.Sbom);
        Imported(_release.Add(EvidenceKind.Sbom, new SbomFact("cyclonedx", "1.6", 12, []) { Names = [GateFixture.Artifact], Signer = new(GateFixture.Other) }, verdict: VerificationVerdict.Verified));
        Assert.Equal(["gate-sbom-missing"], GateDecision.Decide(_release.Inputs(others)).Against());
    }

    /// <summary>Anybody has a certificate: provenance that its gate takes from nobody makes nothing fresh.</summary>
    [Theory]
    [InlineData("{ freshness: { provenance: 30d }, provenance: enforce }")]
    [InlineData("{ freshness: { provenance: 30d } }")]
    public void Freshness_OfProvenanceThatItsGateDoesNotTake_IsNone(string gates)
    {
        _release.Policy = GateFixture.Gates(gates);
        _release.Without(EvidenceKind.Provenance).Add(EvidenceKind.Provenance, GateFixture.Provenance(source: "git+https://github.com/evil/x.git@refs/heads/main") with { Signer = new(null, "https://github.com/evil/x/.github/workflows/a.yml@refs/heads/main", "https://token.actions.githubusercontent.com") }, verdict: VerificationVerdict.Verified);
        Assert.Equal((GateVerdict.Undecided, "gate-evidence-not-taken"), (_release.Decide().Of(GateTable.Freshness).Verdict, _release.Decide().Of(GateTable.Freshness).Lines[0].Id));
    }

    /// <summary>Only who counts can say that a report is another's: else anybody would, of any.</summary>
    [Fact]
    public void Reused_ByOneWhoDoesNotCount_IsNotHeard()
    {
        _release.Policy = GateFixture.Gates("{ coverage: enforce }");
        Assert.Equal(["gate-evidence-reused"], Decided("mallory"));
        _release.Policy = GateFixture.Read("apiVersion: signalbox-policy/v1\nevidenceFrom: [\"ci:github\"]\ngates: { coverage: enforce }\n");
        Assert.Empty(Decided("mallory"));
        Assert.Equal(["gate-evidence-reused"], Decided("ci:github"));
        // a record of a version that did not say by whom
        Assert.Equal(["gate-evidence-reused"], Decided(null));

        IReadOnlyList<string> Decided(string? by)
        {
            _release.Without(EvidenceKind.Coverage);
            var item = _release.Add(EvidenceKind.Coverage, new CoverageFact(9, 10, 0, 0), alsoOf: [GateFixture.Other]);
            _release.Items[^1] = item with { Record = item.Record with { AlsoBy = by is null ? null : [by] } };
            return _release.Decide().Against();
        }
    }

    /// <summary>The promoter submits; who took it into the environment before is one of the two persons all the same.</summary>
    [Fact]
    public void PromotedByItself_WhoBeganItBefore_DoesNotApproveIt()
    {
        _release.Policy = GateFixture.Gates("{ approval: enforce }");
        _release.Creator = "ci:github";
        _release.Submitter = Principal.Promoter.Name;
        var path = new ReleasePath(["staging", "production"], [new("staging", Standing.Succeeded, GateFixture.Now.AddHours(-2), "shop-staging-1") { Starters = ["bob"] }]);
        Assert.Equal(["gate-approval-missing"], GateDecision.Decide(_release.Inputs() with { Path = path }).Against());
        _release.Approve("carol");
        Assert.Empty(GateDecision.Decide(_release.Inputs() with { Path = path }).Against());
        // where a person submits there are two
        _release.Items.RemoveAt(_release.Items.Count - 1);
        _release.Submitter = "dave";
        Assert.Empty(GateDecision.Decide(_release.Inputs() with { Path = path }).Against());
    }

    [Fact]
    public void PromotedByItself_WhoBeganItBefore_LetsItThroughNoFreeze_AndSetsNothingAside()
    {
        _release.Policy = GateFixture.Read("apiVersion: signalbox-policy/v1\ngates: { vulnerabilities: enforce }\nfreeze: [{ name: a, from: '11:00', to: '13:00', zone: UTC }]\n");
        _release.Submitter = Principal.Promoter.Name;
        _release.Add(EvidenceKind.Override, new OverrideFact("freeze", "shop", "production", _release.Content, ConfigurationDigest.Of(_release.Configuration), "an outage", GateFixture.Now.AddHours(1)), _release.Content, "bob");
        _release.Add(EvidenceKind.Scan, Trivy(Findings(1)), where: "again.json");
        _release.Add(EvidenceKind.Vex, new VexFact([new(["CVE-0"], [new("pkg:npm/left-pad@1.0", [])], VexStatus.NotAffected, "not here", GateFixture.Now.AddDays(-1))]), by: "bob");
        var path = new ReleasePath(["staging", "production"], [new("staging", Standing.Succeeded, GateFixture.Now.AddHours(-2), "shop-staging-1") { Starters = ["bob"] }]);
        Assert.Equal(["gate-vulnerability", "gate-frozen"], GateDecision.Decide(_release.Inputs() with { Path = path }).Against());
        Assert.Empty(GateDecision.Decide(_release.Inputs() with { Path = path with { Standings = [path.Standings[0] with { Starters = ["alice"] }] } }).Against());
    }

    private void Services(int count)
    {
        _release.Configuration = _release.Configuration with { Services = [.. Enumerable.Range(0, count).Select(i => _release.Configuration.Services[0] with { Name = $"web{i}", Listen = new("127.0.0.1", 90 + i) })] };
        _release.Artifacts = Enumerable.Range(0, count).ToDictionary(i => $"web{i}", i => Digest.Of([(byte)i]));
    }

    private void Imported(EvidenceItem item) => _release.Items[^1] = item with { Record = item.Record with { Source = item.Record.Source with { Origin = EvidenceOrigin.Registry } } };

    private static GateReport Soon(GateFixture release)
    {
        var before = ThreadTime.Used;
        var report = release.Decide();
        var took = ThreadTime.Used - before;
        Assert.True(took < s_most, $"took {took} of the processor");
        return report;
    }

    private static ScanFact Trivy(params IReadOnlyList<ScanFinding> findings) => new("trivy", [FindingKind.Vulnerability, FindingKind.Code], findings);

    private static ScanFinding[] Findings(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new ScanFinding { Ids = [string.Create(CultureInfo.InvariantCulture, $"CVE-{i}")], Severity = FindingSeverity.Critical, Kind = FindingKind.Vulnerability, Packages = ["left-pad"], Versions = ["1.0"], Purl = "pkg:npm/left-pad@1.0" })];
}
