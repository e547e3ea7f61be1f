using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Evidence.Reports;
using Signalbox.Gates;

namespace Signalbox.Tests.Gates;

/// <summary>Where a yes ends and a no begins, to the second and to the character.</summary>
public sealed class GateBoundaryTests
{
    private readonly GateFixture _release = new GateFixture().Good();

    [Theory]
    [InlineData(24 * 3600, true)]
    [InlineData(24 * 3600 + 1, false)]
    public void Freshness_EndsWithTheLastSecond(int seconds, bool fresh)
    {
        _release.Without(EvidenceKind.Scan).Add(EvidenceKind.Scan, Scan(), at: GateFixture.Now.AddSeconds(-seconds));
        Assert.Equal(fresh ? GateVerdict.Allow : GateVerdict.Deny, _release.Decide().Of("freshness").Verdict);
    }

    [Theory]
    [InlineData(300, true)]
    [InlineData(301, false)]
    public void Freshness_AllowsForClocksThatDiffer(int seconds, bool known)
    {
        _release.Without(EvidenceKind.Scan).Add(EvidenceKind.Scan, Scan(), at: GateFixture.Now.AddSeconds(seconds));
        Assert.Equal(known ? GateVerdict.Allow : GateVerdict.Undecided, _release.Decide().Of("freshness").Verdict);
        _release.Without(EvidenceKind.Scan).Add(EvidenceKind.Scan, Scan() with { MadeAt = GateFixture.Now.AddHours(-2).AddSeconds(seconds) }, at: GateFixture.Now.AddHours(-2));
        Assert.Equal(known ? GateVerdict.Allow : GateVerdict.Undecided, _release.Decide().Of("freshness").Verdict);
    }

    [Theory]
    [InlineData(47, "the newest sbom of web (sha256:", " is 47 h old; expected at most 1 h")]
    [InlineData(60, "the newest sbom of web (sha256:", " is 2.5 days old; expected at most 1 h")]
    public void Freshness_OfAnotherKind_IsAskedWhereThePolicySays(int hours, string begin, string end)
    {
        _release.Policy = GateFixture.Gates("{ freshness: { sbom: 1h } }");
        _release.Without(EvidenceKind.Sbom).Add(EvidenceKind.Sbom, new SbomFact("spdx", "2.3", 1, []) { Names = [GateFixture.Artifact] }, at: GateFixture.Now.AddHours(-hours));
        var line = _release.Decide().Of("freshness").Lines[0];
        Assert.StartsWith(begin, line.Text, StringComparison.Ordinal);
        Assert.EndsWith(end, line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Freshness_OfNothing_IsAllowed()
    {
        _release.Policy = GateFixture.Gates("{ freshness: enforce }");
        Assert.Equal("there is no evidence that could be stale", _release.Without(EvidenceKind.Scan).Decide().Of("freshness").Lines.Single().Text);
    }

    [Fact]
    public void Override_OfTheMakersOfAnotherApplicationOrConfiguration_DoesNotCount()
    {
        _release.Policy = Policy.Default with { Freeze = [new("noon", "11:00", "13:00", "UTC")] };
        _release.Creator = "carol";
        var good = new OverrideFact("freeze", "shop", "production", _release.Content, ConfigurationDigest.Of(_release.Configuration), "an outage", GateFixture.Now.AddSeconds(1));
        (string By, OverrideFact Fact, bool Counts)[] overrides =
        [
            ("bob", good, true),
            ("carol", good, false),
            ("bob", good with { Application = "other" }, false),
            ("bob", good with { Configuration = GateFixture.Other }, false),
        ];
        foreach (var (by, fact, counts) in overrides)
        {
            _release.Without(EvidenceKind.Override).Add(EvidenceKind.Override, fact, _release.Content, by);
            Assert.Equal((counts ? GateVerdict.Allow : GateVerdict.Deny, by, fact), (_release.Decide().Verdict, by, fact));
        }
        // about one of its artifacts is not about the release
        _release.Without(EvidenceKind.Override).Add(EvidenceKind.Override, good, GateFixture.Artifact, "bob");
        Assert.Equal(GateVerdict.Deny, _release.Decide().Verdict);
    }

    [Fact]
    public void Freeze_SaysWhatHoldsAndWhoLetItThrough()
    {
        _release.Policy = Policy.Default with { Freeze = [new("noon", "11:00", "13:00", "UTC"), new("night", "22:00", "23:00", "UTC")] };
        var line = Assert.Single(_release.Decide().Of("freeze").Lines);
        Assert.Equal("freeze window noon holds from 11:00 to 13:00 (UTC)", line.Text);
        Assert.Equal("signalbox approve shop-2 --env production --override freeze --comment 'why it cannot wait'   # by somebody else", line.Help);
        _release.Add(EvidenceKind.Override, new OverrideFact("freeze", "shop", "production", _release.Content, ConfigurationDigest.Of(_release.Configuration), "an outage", GateFixture.Now.AddHours(1)), _release.Content, "bob");
        Assert.Equal("freeze window noon holds; bob lets this release through until 2026-11-26 13:00 UTC: an outage", Assert.Single(_release.Decide().Of("freeze").Lines).Text);
        _release.At = GateFixture.Now.AddHours(2);
        Assert.Equal("no freeze window holds now", Assert.Single(_release.Decide().Of("freeze").Lines).Text);
        _release.Policy = Policy.Default;
        Assert.Equal("there is no freeze window", Assert.Single(_release.Decide().Of("freeze").Lines).Text);
    }

    [Theory]
    [InlineData(7 * 24 * 3600, true)]
    [InlineData(7 * 24 * 3600 + 1, false)]
    public void Approval_EndsWithItsLastSecond(int seconds, bool counts)
    {
        _release.Without(EvidenceKind.Approval).Approve("bob", at: GateFixture.Now.AddSeconds(-seconds));
        Assert.Equal(counts ? GateVerdict.Allow : GateVerdict.Deny, _release.Decide().Of("approval").Verdict);
    }

    [Fact]
    public void Approval_SaysWhoAndWhyAndWhatIsMissing()
    {
        _release.Policy = GateFixture.Gates("{ approval: { count: 3, by: [\"b*\", carol, alice], maxAge: 1d } }");
        _release.Without(EvidenceKind.Approval).Add(
            EvidenceKind.Approval, new ApprovalFact("shop", "production", _release.Content, ConfigurationDigest.Of(_release.Configuration), "read it"), _release.Content, "bob");
        _release.Approve("dave");
        _release.Approve("alice");
        _release.Approve("carol", at: GateFixture.Now.AddHours(-25));
        var result = _release.Decide().Of("approval");
        Assert.Equal(
        [
            "1 of 3 approvals of shop-2 for production, by others than alice",
            "bob approved it on 2026-11-26 11:00 UTC: read it",
            "an approval by dave does not count: the policy does not name this approver",
            "an approval by alice does not count: it is by the submitter",
            "an approval by carol does not count: it is older than 24 h",
        ], result.Lines.Select(line => line.Text));
        Assert.Equal("signalbox approve shop-2 --env production   # by somebody else; then: signalbox deploy --release shop-2 --env production", result.Lines[0].Help);
        Assert.Equal("security (@acme/appsec)", result.HandTo);
    }

    [Fact]
    public void Coverage_OfBranches_ReachesItsShareExactly()
    {
        _release.Policy = GateFixture.Gates("{ coverage: { branchesAtLeast: 50% } }");
        foreach (var (covered, verdict) in new[] { (50, GateVerdict.Allow), (49, GateVerdict.Deny), (101, GateVerdict.Undecided), (-1, GateVerdict.Undecided) })
        {
            _release.Without(EvidenceKind.Coverage).Add(EvidenceKind.Coverage, new CoverageFact(1000, 1000, covered, 100));
            Assert.Equal((verdict, covered), (_release.Decide().Verdict, covered));
        }
    }

    [Fact]
    public void Alerts_OfSeveralFiles_CountTogether()
    {
        _release.Policy = GateFixture.Gates("{ alerts: enforce }");
        _release.Without(EvidenceKind.Alerts).Add(EvidenceKind.Alerts, new AlertsFact(0, []), where: "empty.yaml");
        _release.Add(EvidenceKind.Alerts, new AlertsFact(1, []), where: "one.yaml");
        Assert.Equal((GateVerdict.Allow, "1 alerts watch it, each with an action"), (_release.Decide().Verdict, _release.Decide().Of("alerts").Lines.Single().Text));
        _release.Add(EvidenceKind.Alerts, new AlertsFact(3, ["A", "B"]), where: "two.yaml");
        Assert.Equal("A and 1 more of 3 alerts say no action", _release.Decide().Of("alerts").Lines[0].Text);
        _release.Without(EvidenceKind.Alerts).Add(EvidenceKind.Alerts, null, where: "lost.yaml");
        Assert.Equal("gate-evidence-unreadable", Assert.Single(_release.Decide().Against()));
    }

    [Fact]
    public void Sast_PassesOverWhatTheScannerWasToldTo_AndSaysWhere()
    {
        ScanFinding finding = new() { Ids = ["sql"], Kind = FindingKind.Code, Severity = FindingSeverity.Critical };
        (ScanFinding Finding, string? Text)[] findings =
        [
            (finding with { SetAside = "nosemgrep" }, null),
            (finding with { Severity = FindingSeverity.Medium }, null),
            (finding with { Severity = FindingSeverity.Unknown }, "sql is of unstated severity at an unnamed file"),
            (finding with { Paths = ["a.js"] }, "sql is critical at a.js"),
            (finding with { Paths = ["a.js"], Lines = [7], Titles = ["tainted"] }, "sql is critical at a.js:7: tainted"),
            (finding with { Ids = [] }, "a finding is critical at an unnamed file"),
        ];
        foreach (var (one, text) in findings)
        {
            _release.Without(EvidenceKind.Scan).Add(EvidenceKind.Scan, Scan() with { Findings = [one] });
            Assert.Equal(text, _release.Decide().Of("sast") is { Verdict: GateVerdict.Deny } denied ? denied.Lines[0].Text : null);
        }
    }

    [Fact]
    public void Vulnerability_SaysWhatItIsInAndWhatMendsIt()
    {
        ScanFinding finding = new() { Ids = ["CVE-1"], Kind = FindingKind.Vulnerability, Severity = FindingSeverity.Critical, Packages = ["a"], Versions = ["1"] };
        (ScanFinding Finding, string Text, string Help)[] findings =
        [
            (finding, "CVE-1 is critical in a 1 of ", "signalbox evidence add vex openvex.json --release shop-2   # a statement about it, with its reason"),
            (finding with { Versions = [] }, "CVE-1 is critical in a of ", "signalbox evidence add vex"),
            (finding with { Packages = [], Purl = "pkg:npm/a@1" }, "CVE-1 is critical in pkg:npm/a@1 of ", "signalbox evidence add vex"),
            (finding with { Packages = [], Ids = [] }, "a vulnerability is critical in an unnamed package of ", "signalbox evidence add vex"),
            (finding with { Fix = FixState.Available }, "CVE-1 is critical in a 1 of ", "signalbox deploy --evidence results/   # once a is updated and results/ has a new scan"),
            (finding with { FixedVersions = ["2"], Severity = FindingSeverity.High }, "CVE-1 is high in a 1 of ", "signalbox deploy --evidence results/   # once a is updated to 2 and"),
        ];
        foreach (var (one, text, help) in findings)
        {
            _release.Without(EvidenceKind.Scan).Add(EvidenceKind.Scan, Scan() with { Findings = [one, one] });
            var line = Assert.Single(_release.Decide().Of("vulnerabilities").Lines, line => line.Verdict == GateVerdict.Deny);
            Assert.StartsWith(text, line.Text, StringComparison.Ordinal);
            Assert.StartsWith(help, line.Help, StringComparison.Ordinal);
            Assert.EndsWith(one.FixedVersions is [var mended] ? $"; {mended} mends it" : one.Fix == FixState.Available ? "; an update mends it" : "; nothing mends it yet", line.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Vulnerability_SetAside_SaysUntilWhen()
    {
        _release.Without(EvidenceKind.Scan).Add(EvidenceKind.Scan, Scan() with { Findings = [new() { Ids = ["CVE-1"], Kind = FindingKind.Vulnerability, Severity = FindingSeverity.Critical, Packages = ["a"], Purl = "pkg:npm/a@1" }] });
        _release.Add(EvidenceKind.Vex, new VexFact([new(["CVE-1"], [new("pkg:npm/a@1", [])], VexStatus.NotAffected, "not reachable", GateFixture.Now.AddDays(-1))]), verdict: VerificationVerdict.Failed);
        Assert.Equal(GateVerdict.Deny, _release.Decide().Of("vulnerabilities").Verdict);
        _release.Without(EvidenceKind.Vex).Named(new(["CVE-1"], [new("pkg:npm/a@1", [])], VexStatus.NotAffected, "not reachable", GateFixture.Now.AddDays(-1)));
        Assert.Equal(["critical findings that are let through: 1, of them set aside: 1", "CVE-1 does not count until 2026-12-25: not affected: not reachable (by ci:github)"], _release.Decide().Of("vulnerabilities").Lines.Take(2).Select(line => line.Text));
    }

    [Fact]
    public void Artifact_OfSeveralServices_IsAskedAboutOnce_AndOneOfNoneNever()
    {
        _release.Policy = GateFixture.Gates("{ sbom: enforce }");
        var web = _release.Configuration.Services[0];
        _release.Configuration = _release.Configuration with { Services = [web, web with { Name = "api", Listen = new("127.0.0.1", 81) }] };
        _release.Artifacts = new Dictionary<string, Digest> { ["web"] = GateFixture.Artifact, ["api"] = GateFixture.Artifact, ["gone"] = GateFixture.Other };
        var line = Assert.Single(_release.Decide().Of("sbom").Lines);
        Assert.StartsWith("api, web (sha256:", line.Text, StringComparison.Ordinal);
        Assert.Equal(GateVerdict.Allow, line.Verdict);
    }

    /// <summary>A scan that says of which digest it is cannot be another's.</summary>
    [Fact]
    public void Scan_ThatNamesAnotherDigest_SaysNothing()
    {
        _release.Policy = GateFixture.Gates("{ vulnerabilities: enforce }");
        void Only(params Digest[] names) => _release.Without(EvidenceKind.Scan).Add(EvidenceKind.Scan, new ScanFact("trivy", [FindingKind.Vulnerability], []) { Names = names });
        Only(GateFixture.Artifact);
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
        Only(GateFixture.Other, GateFixture.Artifact);
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
        Only(GateFixture.Other);
        Assert.Equal("gate-evidence-other-subject", Assert.Single(_release.Decide().Against()));
        Assert.Equal(GateVerdict.Undecided, _release.Decide().Verdict);
    }

    /// <summary>Of several artifacts each has a scan of its own, where the scans say which they are of.</summary>
    [Fact]
    public void Scan_OfOneArtifact_IsNoneOfTheOther()
    {
        _release.Policy = GateFixture.Gates("{ vulnerabilities: enforce }");
        var web = _release.Configuration.Services[0];
        _release.Configuration = _release.Configuration with { Services = [web, web with { Name = "api", Listen = new("127.0.0.1", 81) }] };
        _release.Artifacts = new Dictionary<string, Digest> { ["web"] = GateFixture.Artifact, ["api"] = GateFixture.Other };
        _release.Without(EvidenceKind.Scan).Add(EvidenceKind.Scan, new ScanFact("trivy", [FindingKind.Vulnerability], []) { Names = [GateFixture.Artifact] }, _release.Content);
        Assert.Equal("gate-vulnerabilities-missing", Assert.Single(_release.Decide().Against()));
        _release.Add(EvidenceKind.Scan, new ScanFact("trivy", [FindingKind.Vulnerability], []) { Names = [GateFixture.Other] }, _release.Content, where: "other.json");
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
    }

    [Theory]
    [InlineData("{ provenance: { level: 3, keys: [KEY], levels: [\"3 https://ci.example.com/*\"] } }", true)]
    [InlineData("{ provenance: { level: 3, keys: [KEY], levels: [\"3 https://ci.other.com/*\", \"2 https://ci.example.com/*\"] } }", false)]
    [InlineData("{ provenance: { keys: [KEY], sources: [\"github.com/acme/*\"] } }", true)]
    [InlineData("{ provenance: { keys: [KEY], sources: [github.com/acme/shop.git] } }", true)]
    [InlineData("{ provenance: { keys: [KEY], sources: [github.com/acme/shops] } }", false)]
    [InlineData("{ provenance: { keys: [KEY], refs: [\"refs/heads/*\"] } }", true)]
    public void Provenance_OfAPlainKey_IsWhatThePolicySaysOfItsBuilder(string gates, bool allowed)
    {
        _release.Policy = GateFixture.Gates(gates.Replace("KEY", $"\"{GateFixture.Key}\"", StringComparison.Ordinal));
        Assert.Equal(allowed ? GateVerdict.Allow : GateVerdict.Deny, _release.Decide().Verdict);
    }

    [Theory]
    [InlineData("git+https://github.com/acme/shop.git@refs/heads/main", true)]
    [InlineData("https://github.com/acme/shop", true)]
    [InlineData("github.com/acme/shop.git", true)]
    [InlineData("ssh://git@github.com/acme/shop", false)]
    [InlineData("github.com/acme/shop/../evil", false)]
    public void Provenance_OfASource_IsReadInEverySpelling(string source, bool allowed)
    {
        _release.Without(EvidenceKind.Provenance).Add(EvidenceKind.Provenance, GateFixture.Provenance(source: source), verdict: VerificationVerdict.Verified);
        Assert.Equal(allowed ? GateVerdict.Allow : GateVerdict.Deny, _release.Decide().Of("provenance").Verdict);
    }

    [Fact]
    public void Provenance_OfALevelThatAKeyCannotGive_NeedsACertificate()
    {
        _release.Policy = GateFixture.Gates("{ provenance: { level: 2, identities: [\"https://github.com/acme/*\"], levels: [\"3 *\"] } }");
        var facts = GateFixture.Provenance(level: 1) with { Signer = new(null, "https://github.com/acme/shop", "https://issuer") };
        _release.Without(EvidenceKind.Provenance).Add(EvidenceKind.Provenance, facts, verdict: VerificationVerdict.Verified);
        Assert.Equal("gate-provenance-level", Assert.Single(_release.Decide().Against()));
        _release.Add(EvidenceKind.Provenance, facts with { Level = 2 }, verdict: VerificationVerdict.Verified);
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
    }

    /// <summary>Anybody has a workflow: its certificate is nobody's word for this release until a policy says whose builds count.</summary>
    [Theory]
    [InlineData("{ provenance: enforce }", "gate-provenance-nobody-trusted")]
    [InlineData("{ provenance: { issuers: [\"https://issuer\"], builders: [\"https://ci.example.com/*\"] } }", "gate-provenance-nobody-trusted")]
    [InlineData("{ provenance: { sources: [github.com/acme/shop] } }", null)]
    [InlineData("{ provenance: { identities: [\"https://github.com/acme/*\"] } }", null)]
    [InlineData("{ provenance: { identities: [\"https://github.com/other/*\"] } }", "gate-provenance-not-trusted")]
    public void Provenance_OfACertificate_NeedsWhoseBuildsCount(string gates, string? against)
    {
        _release.Policy = GateFixture.Gates(gates);
        var facts = GateFixture.Provenance() with { Signer = new(null, "https://github.com/acme/shop", "https://issuer") };
        _release.Without(EvidenceKind.Provenance).Add(EvidenceKind.Provenance, facts, verdict: VerificationVerdict.Verified);
        Assert.Equal(against, _release.Decide().Against().SingleOrDefault());
    }

    [Theory]
    [InlineData(GateFixture.Commit, true)]
    [InlineData("0F1E2D3C4B5A", true)]
    [InlineData("0f1e2d3c4b5b", false)]
    [InlineData("0f1e2d3", true)]
    [InlineData("0f1e2d", false)]
    [InlineData("0", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Provenance_OfACommit_MayBeShortened(string? commit, bool allowed)
    {
        _release.Without(EvidenceKind.Provenance).Add(EvidenceKind.Provenance, GateFixture.Provenance() with { Commit = commit }, verdict: VerificationVerdict.Verified);
        Assert.Equal(allowed ? GateVerdict.Allow : GateVerdict.Deny, _release.Decide().Of("provenance").Verdict);
    }

    private const string GitHub = "https://token.actions.githubusercontent.com", Generic = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@refs/tags/v2.1.0";

    /// <summary>A certificate names the reusable workflow that ran, whoever called it.</summary>
    [Theory]
    [InlineData("{ provenance: { level: 3, identities: [\"https://github.com/slsa-framework/slsa-github-generator/*\"] } }", "gate-provenance-anybodys-workflow")]
    [InlineData("{ provenance: { level: 3, identities: [\"https://github.com/slsa-framework/slsa-github-generator/*\"], sources: [github.com/acme/shop] } }", "gate-provenance-source")]
    [InlineData("{ provenance: { level: 3, identities: [\"https://github.com/slsa-framework/slsa-github-generator/*\"], sources: [github.com/evil/x] } }", null)]
    public void Provenance_ByAWorkflowThatAnybodyMayCall_NeedsASource(string gates, string? against)
    {
        _release.Policy = GateFixture.Gates(gates);
        var facts = GateFixture.Provenance(3, "git+https://github.com/evil/x") with { Builder = Generic, Signer = new(null, Generic, GitHub, "https://github.com/evil/x") };
        _release.Without(EvidenceKind.Provenance).Add(EvidenceKind.Provenance, facts, verdict: VerificationVerdict.Verified);
        Assert.Equal(against, _release.Decide().Against().SingleOrDefault());
        if (against == "gate-provenance-anybodys-workflow") Assert.Contains("sources: [github.com/OWNER/REPO]", _release.Decide().Of("provenance").Lines.Single().Help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "https://github.com/acme/ci", true)]
    [InlineData(null, "https://github.com/ACME/CI", true)]
    [InlineData(null, "https://github.com/evil/x", false)]
    [InlineData(null, "https://github.com/acme/c", false)]
    [InlineData(null, null, true)]
    [InlineData("github.com/acme/*", "https://github.com/acme/shop", true)]
    [InlineData("github.com/acme/*", "https://github.com/evil/x", false)]
    [InlineData("github.com/acme/*", null, false)]
    public void Signature_ByAWorkflowThatAnybodyMayCall_NeedsASource(string? sources, string? source, bool allowed)
    {
        const string Workflow = "https://github.com/acme/ci/.github/workflows/release.yml@refs/tags/v1";
        _release.Policy = GateFixture.Gates($"{{ signature: {{ identities: [\"{Workflow}\"], issuers: [\"{GitHub}\"]{(sources is null ? "" : $", sources: [\"{sources}\"]")} }} }}");
        _release.Without(EvidenceKind.Signature).Add(EvidenceKind.Signature, new SignatureFact("sigstore") { Names = [GateFixture.Artifact], Signer = new(null, Workflow, GitHub, source) }, verdict: VerificationVerdict.Verified);
        Assert.Equal(allowed ? GateVerdict.Allow : GateVerdict.Deny, _release.Decide().Verdict);
        if (!allowed && sources is null) Assert.Contains("sources: [github.com/OWNER/REPO]", _release.Decide().Of("signature").Lines.Single().Help, StringComparison.Ordinal);
    }

    [Fact]
    public void Signature_ByAnAccount_NeedsNoSource()
    {
        _release.Policy = GateFixture.Gates("{ signature: { identities: [\"alice@acme.example\"], issuers: [\"https://issuer\"] } }");
        _release.Without(EvidenceKind.Signature).Add(EvidenceKind.Signature, new SignatureFact("sigstore") { Names = [GateFixture.Artifact], Signer = new(null, "alice@acme.example", "https://issuer", "https://github.com/acme/x") }, verdict: VerificationVerdict.Verified);
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
    }

    /// <summary>Where keys are named a certificate is no way around them, unless identities are named, too.</summary>
    [Theory]
    [InlineData("{ provenance: { keys: [KEY], sources: [github.com/acme/shop] } }", false)]
    [InlineData("{ provenance: { keys: [KEY], sources: [github.com/acme/shop], identities: [\"https://github.com/acme/shop/*\"] } }", true)]
    [InlineData("{ provenance: { sources: [github.com/acme/shop] } }", true)]
    public void Provenance_OfACertificate_BesideKeys_NeedsItsIdentity(string gates, bool allowed)
    {
        _release.Policy = GateFixture.Gates(gates.Replace("KEY", $"\"{GateFixture.Key}\"", StringComparison.Ordinal));
        var facts = GateFixture.Provenance() with { Signer = new(null, "https://github.com/acme/shop/.github/workflows/pr.yml@refs/heads/main", GitHub, "https://github.com/acme/shop") };
        _release.Without(EvidenceKind.Provenance).Add(EvidenceKind.Provenance, facts, verdict: VerificationVerdict.Verified);
        Assert.Equal(allowed ? GateVerdict.Allow : GateVerdict.Deny, _release.Decide().Verdict);
    }

    /// <summary>Whoever writes a builder can have a delegator sign for it: its name is its own word until a policy names it.</summary>
    [Theory]
    [InlineData(Generic, "", null)]
    [InlineData("https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@refs/heads/main", "", "gate-provenance-builder-not-named")]
    [InlineData("https://github.com/evil/builder/.github/workflows/b.yml@refs/tags/v1.0.0", "", "gate-provenance-builder-not-named")]
    [InlineData("https://github.com/evil/builder/.github/workflows/b.yml@refs/tags/v1.0.0", ", builders: [\"https://github.com/acme/*\"]", "gate-provenance-builder")]
    [InlineData("https://github.com/acme/builder/.github/workflows/b.yml@refs/tags/v1.0.0", ", builders: [\"https://github.com/acme/builder/.github/workflows/b.yml@refs/tags/*\"]", null)]
    public void Provenance_OfLevelThree_IsOfABuilderThatIsKnownOrNamed(string builder, string more, string? against)
    {
        _release.Policy = GateFixture.Gates($"{{ provenance: {{ level: 3, sources: [github.com/acme/shop]{more} }} }}");
        var facts = GateFixture.Provenance(3) with { Builder = builder, Signer = new(null, builder, GitHub, "https://github.com/acme/shop") };
        _release.Without(EvidenceKind.Provenance).Add(EvidenceKind.Provenance, facts, verdict: VerificationVerdict.Verified);
        Assert.Equal(against, _release.Decide().Against().SingleOrDefault());
        _release.Policy = GateFixture.Gates("{ provenance: { sources: [github.com/acme/shop] } }");
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
    }

    /// <summary>Of several keys the laptop's could claim to be the hosted builder's.</summary>
    [Theory]
    [InlineData("\"3 https://ci.example.com/*\", \"1 urn:laptop\"", "KEY, OTHER", GateVerdict.Undecided)]
    [InlineData("\"3 https://ci.example.com/* KEY\", \"1 urn:laptop OTHER\"", "KEY, OTHER", GateVerdict.Allow)]
    [InlineData("\"3 https://ci.example.com/* OTHER\", \"1 urn:laptop KEY\"", "KEY, OTHER", GateVerdict.Deny)]
    [InlineData("\"3 https://ci.example.com/*\", \"1 urn:laptop\"", "KEY", GateVerdict.Allow)]
    [InlineData("\"3 https://ci.example.com/*\"", "KEY, OTHER", GateVerdict.Allow)]
    [InlineData("\"3 https://ci.example.com/*\", \"1 urn:laptop OTHER\"", "KEY, OTHER", GateVerdict.Undecided)]
    public void Levels_OfSeveralKeys_SayWhichIsWhose(string levels, string keys, GateVerdict verdict)
    {
        string Filled(string text, string quote) => text.Replace("KEY", $"{quote}{GateFixture.Key}{quote}", StringComparison.Ordinal).Replace("OTHER", $"{quote}{GateFixture.Other}{quote}", StringComparison.Ordinal);
        _release.Policy = GateFixture.Gates($"{{ provenance: {{ level: 3, keys: [{Filled(keys, "\"")}], levels: [{Filled(levels, "")}] }} }}");
        Assert.Equal(verdict, _release.Decide().Verdict);
    }

    [Fact]
    public void Lines_AreCutBeforeHalfACharacter_AndSaidOnce()
    {
        var name = new string('p', 399 - "CVE-1 is critical in ".Length) + "\U0001F600 and more of it";
        ScanFinding finding = new() { Ids = ["CVE-1"], Kind = FindingKind.Vulnerability, Severity = FindingSeverity.Critical, Packages = [name] };
        _release.Without(EvidenceKind.Scan);
        for (var i = 0; i < 3; i++) _release.Add(EvidenceKind.Scan, Scan() with { Findings = [finding] }, where: $"report-{i}");
        var line = Assert.Single(_release.Decide().Of("vulnerabilities").Lines);
        Assert.Equal(399, line.Text.Length - 1);
        Assert.Equal('…', line.Text[^1]);
    }

    [Fact]
    public void Sbom_WhoseSignatureDoesNotHold_IsDenied()
    {
        _release.Without(EvidenceKind.Sbom).Add(EvidenceKind.Sbom, new SbomFact("spdx", "2.3", 1, []) { Names = [GateFixture.Artifact] }, verdict: VerificationVerdict.Failed);
        Assert.Equal("gate-sbom-invalid", Assert.Single(_release.Decide().Against()));
    }

    [Fact]
    public void Reused_ReportThatNamesThisOne_OrThatThePolicyLets_Counts()
    {
        _release.Without(EvidenceKind.Coverage).Add(EvidenceKind.Coverage, new CoverageFact(9, 10, 0, 0), alsoOf: [GateFixture.Other]);
        Assert.Equal("gate-evidence-reused", Assert.Single(_release.Decide().Against()));
        _release.Policy = GateFixture.Gates("{ coverage: { reused: allow } }");
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
        _release.Policy = GateFixture.Gates("{ coverage: enforce }");
        _release.Without(EvidenceKind.Coverage).Add(EvidenceKind.Coverage, new CoverageFact(9, 10, 0, 0) { Names = [GateFixture.Artifact] }, alsoOf: [GateFixture.Other]);
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
    }

    private static ScanFact Scan() => new("trivy", [FindingKind.Vulnerability, FindingKind.Code], []);
}
