using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Evidence.Reports;
using Signalbox.Gates;
using Signalbox.Tests.Rollouts;

namespace Signalbox.Tests.Gates;

/// <summary>Each gate's yes and each of its noes.</summary>
public sealed class GateDecisionTests
{
    private static readonly ScanFinding s_critical = new()
    {
        Ids = ["CVE-2026-1", "GHSA-aaaa"],
        Kind = FindingKind.Vulnerability,
        Severity = FindingSeverity.Critical,
        Packages = ["left-pad"],
        Versions = ["1.0"],
        Purl = "pkg:npm/left-pad@1.0",
    };

    private readonly GateFixture _release = new GateFixture().Good();

    [Fact]
    public void Good_GoesOut()
    {
        var report = _release.Decide();
        Assert.Empty(report.Against());
        Assert.Equal(GateVerdict.Allow, report.Verdict);
        Assert.All(report.Results, result => Assert.Equal(GateVerdict.Allow, result.Verdict));
        Assert.Equal(GateTable.All.Count, report.Results.Count);
    }

    [Theory]
    [InlineData(EvidenceKind.Signature, "gate-signature-missing")]
    [InlineData(EvidenceKind.Provenance, "gate-provenance-missing")]
    [InlineData(EvidenceKind.Sbom, "gate-sbom-missing")]
    [InlineData(EvidenceKind.Coverage, "gate-coverage-missing")]
    [InlineData(EvidenceKind.Test, "gate-tests-missing")]
    [InlineData(EvidenceKind.Alerts, "gate-alerts-missing")]
    [InlineData(EvidenceKind.Approval, "gate-approval-missing")]
    public void WithoutEvidence_IsDenied(EvidenceKind kind, string id)
    {
        _release.Without(kind);
        Denied(id);
    }

    [Fact]
    public void WithoutScans_IsDeniedTwice()
    {
        _release.Without(EvidenceKind.Scan);
        Denied("gate-vulnerabilities-missing", "gate-sast-missing");
    }

    [Fact]
    public void EveryDenial_NamesAHelpLineAndWhomItIsHandedTo()
    {
        var report = new GateFixture { Source = null }.Decide();
        foreach (var result in report.Results.Where(result => result.Verdict != GateVerdict.Allow))
        {
            Assert.True(result.HandTo is "security (@acme/appsec)" or "devops", result.HandTo);
            Assert.All(result.Lines.Where(line => line.Verdict != GateVerdict.Allow), line =>
            {
                Assert.False(string.IsNullOrEmpty(line.Help));
                Assert.False(char.IsUpper(line.Text[0]), line.Text);
                Assert.NotEqual('.', line.Text[^1]);
            });
        }
    }

    [Fact]
    public void Signature_ByAnotherKey_IsDenied()
    {
        _release.Without(EvidenceKind.Signature).Add(EvidenceKind.Signature, new SignatureFact("sigstore") { Names = [GateFixture.Artifact], Signer = new(GateFixture.Other) }, verdict: VerificationVerdict.Verified);
        Denied("gate-signature-not-trusted");
    }

    [Fact]
    public void Signature_OfAnotherArtifact_IsDenied()
    {
        _release.Without(EvidenceKind.Signature).Add(EvidenceKind.Signature, new SignatureFact("sigstore") { Names = [GateFixture.Other], Signer = GateFixture.KeySigner }, verdict: VerificationVerdict.Verified);
        Denied("gate-signature-not-trusted");
    }

    [Theory]
    [InlineData(VerificationVerdict.Failed)]
    [InlineData(VerificationVerdict.Unsigned)]
    public void Signature_NotVerified_IsDenied(VerificationVerdict verdict)
    {
        _release.Without(EvidenceKind.Signature).Add(EvidenceKind.Signature, new SignatureFact("sigstore") { Names = [GateFixture.Artifact], Signer = GateFixture.KeySigner }, verdict: verdict);
        Denied("gate-signature-invalid");
    }

    [Fact]
    public void Signature_ABadOneBesideAGoodOne_HarmsNothing()
    {
        _release.Add(EvidenceKind.Signature, new SignatureFact("sigstore") { Names = [GateFixture.Artifact] }, by: "mallory", verdict: VerificationVerdict.Failed);
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
    }

    [Theory]
    [InlineData("https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main", "https://token.actions.githubusercontent.com", true)]
    [InlineData("https://github.com/acme/shop-evil/.github/workflows/release.yml@refs/heads/main", "https://token.actions.githubusercontent.com", false)]
    [InlineData("https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main", "https://evil.example.com", false)]
    [InlineData("https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main", null, false)]
    public void Signature_ByAnIdentity_NeedsItsIssuerToo(string identity, string? issuer, bool counts)
    {
        _release.Policy = GateFixture.Gates("{ signature: { identities: [\"https://github.com/acme/shop/*\"], issuers: [\"https://token.actions.githubusercontent.com\"] } }");
        _release.Without(EvidenceKind.Signature).Add(EvidenceKind.Signature, new SignatureFact("sigstore") { Names = [GateFixture.Artifact], Signer = new(null, identity, issuer) }, verdict: VerificationVerdict.Verified);
        Assert.Equal(counts ? GateVerdict.Allow : GateVerdict.Deny, _release.Decide().Verdict);
    }

    /// <summary>A name means nothing without who vouches for it.</summary>
    [Fact]
    public void Signature_ByAnIdentityThatAnybodyMayVouchFor_IsUndecided()
    {
        _release.Policy = GateFixture.Gates("{ signature: { identities: [\"alice@acme.example\"] } }");
        _release.Without(EvidenceKind.Signature).Add(EvidenceKind.Signature, new SignatureFact("sigstore") { Names = [GateFixture.Artifact], Signer = new(null, "alice@acme.example", "https://evil.example.com") }, verdict: VerificationVerdict.Verified);
        var line = _release.Decide().Of("signature").Lines.Single();
        Assert.Equal((GateVerdict.Undecided, "gate-signature-no-issuers"), (line.Verdict, line.Id));
        Assert.Contains("(seen: alice@acme.example (https://evil.example.com))", line.Text, StringComparison.Ordinal);
        // whoever signed it may be an attacker: the line to paste trusts nobody that was only seen
        Assert.Contains("issuers: [\"https://ISSUER\"]", line.Help, StringComparison.Ordinal);
        _release.Policy = GateFixture.Gates($"{{ signature: {{ keys: [\"{GateFixture.Other}\"], identities: [\"alice@acme.example\"] }} }}");
        Assert.Contains("no policy says who must vouch for alice@acme.example", _release.Decide().Of("signature").Lines.Single().Text, StringComparison.Ordinal);
    }

    /// <summary>Whoever may push a branch chooses the end of the name that is in the certificate.</summary>
    [Fact]
    public void Signature_ByAWorkflowOnABranchThatEndsLikeMain_IsDenied()
    {
        _release.Policy = GateFixture.Gates("{ signature: { identities: [\"https://github.com/acme/shop/.github/workflows/*@refs/heads/main\"], issuers: [\"https://token.actions.githubusercontent.com\"] } }");
        foreach (var (name, counts) in new[] { ("release.yml@refs/heads/main", true), ("release.yml@refs/heads/x@refs/heads/main", false) })
        {
            var signer = new Signer(null, $"https://github.com/acme/shop/.github/workflows/{name}", "https://token.actions.githubusercontent.com");
            _release.Without(EvidenceKind.Signature).Add(EvidenceKind.Signature, new SignatureFact("sigstore") { Names = [GateFixture.Artifact], Signer = signer }, verdict: VerificationVerdict.Verified);
            Assert.Equal(counts ? GateVerdict.Allow : GateVerdict.Deny, _release.Decide().Verdict);
        }
    }

    [Fact]
    public void Signature_WhereNobodyIsTrusted_IsUndecided()
    {
        _release.Policy = GateFixture.Gates("{ signature: enforce }");
        Assert.Equal((GateVerdict.Undecided, "gate-signature-nobody-trusted"), (_release.Decide().Verdict, _release.Decide().Against().Single()));
    }

    [Theory]
    [InlineData(1, "git+https://github.com/acme/shop", "gate-provenance-level")]
    [InlineData(2, "git+https://github.com/acme/shop-evil", "gate-provenance-source")]
    [InlineData(2, "https://evil.example.com/github.com/acme/shop", "gate-provenance-source")]
    public void Provenance_Wrong_IsDenied(int level, string source, string id)
    {
        _release.Without(EvidenceKind.Provenance).Add(EvidenceKind.Provenance, GateFixture.Provenance(level, source), verdict: VerificationVerdict.Verified);
        Denied(id);
    }

    [Fact]
    public void Provenance_OfAnotherSubjectCommitParameterOrSigner_IsDenied()
    {
        (ProvenanceFact Facts, string Id)[] wrong =
        [
            (GateFixture.Provenance() with { Names = [GateFixture.Other] }, "gate-provenance-other-subject"),
            (GateFixture.Provenance() with { Commit = new string('a', 40) }, "gate-provenance-commit"),
            (GateFixture.Provenance() with { Unknown = ["inputs.debug"] }, "gate-provenance-parameters"),
            (GateFixture.Provenance() with { Signer = new(GateFixture.Other) }, "gate-provenance-not-trusted"),
            (GateFixture.Provenance() with { Signer = null }, "gate-provenance-not-trusted"),
        ];
        foreach (var (facts, id) in wrong)
        {
            _release.Without(EvidenceKind.Provenance).Add(EvidenceKind.Provenance, facts, verdict: VerificationVerdict.Verified);
            Denied(id);
        }
        _release.Without(EvidenceKind.Provenance).Add(EvidenceKind.Provenance, GateFixture.Provenance(), verdict: VerificationVerdict.Failed);
        Denied("gate-provenance-invalid");
    }

    [Theory]
    [InlineData("{ provenance: { builders: [\"https://ci.other.com/*\"], keys: [KEY] } }", "gate-provenance-builder")]
    [InlineData("{ provenance: { buildTypes: [\"https://other/*\"], keys: [KEY] } }", "gate-provenance-build-type")]
    [InlineData("{ provenance: { refs: [refs/heads/release], keys: [KEY] } }", "gate-provenance-ref")]
    [InlineData("{ provenance: { level: 3, keys: [KEY] } }", "gate-provenance-level")]
    public void Provenance_OtherThanThePolicySays_IsDenied(string gates, string id)
    {
        _release.Policy = GateFixture.Gates(gates.Replace("KEY", $"\"{GateFixture.Key}\"", StringComparison.Ordinal));
        Denied(id);
    }

    [Fact]
    public void Sbom_ThatNamesAnotherDigestOrNone_IsDenied()
    {
        _release.Without(EvidenceKind.Sbom).Add(EvidenceKind.Sbom, new SbomFact("spdx", "2.3", 1, []) { Names = [GateFixture.Other] });
        Denied("gate-sbom-other-subject");
        _release.Without(EvidenceKind.Sbom).Add(EvidenceKind.Sbom, new SbomFact("spdx", "2.3", 1, []));
        Denied("gate-sbom-unbound");
        _release.Policy = GateFixture.Gates("{ sbom: { unbound: allow, minimum: deny } }");
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
        _release.Without(EvidenceKind.Sbom).Add(EvidenceKind.Sbom, new SbomFact("spdx", "2.3", 1, ["supplier"]));
        Denied("gate-sbom-incomplete");
    }

    [Theory]
    [InlineData("DB_PASSWORD", "hunter2", true)]
    [InlineData("API_KEY", "0x", true)]
    [InlineData("SECRET_TOKEN", "abc", true)]
    [InlineData("DATABASE_URL", "postgres://shop:hunter2@db/shop", true)]
    [InlineData("NOTE", "AKIAIOSFODNN7EXAMPLE", true)]
    [InlineData("X", "-----BEGIN RSA PRIVATE KEY-----", true)]
    [InlineData("AWS_SECRET_ACCESS_KEY", "/wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", true)]
    [InlineData("API_TOKEN", "vault:AKIAIOSFODNN7EXAMPLE", true)]
    [InlineData("DB_PASSWORD", "env:hunter2", true)]
    [InlineData("DB_PASSWORD", "secret:hunter2", true)]
    [InlineData("DB_PASSWORD", "env://DB_PASSWORD", false)]
    [InlineData("DB_PASSWORD_FILE", "/run/secrets/db", false)]
    [InlineData("TLS_PRIVATE_KEY", "/etc/ssl/private/shop-2026.pem", false)]
    [InlineData("DB_PASSWORD", "/run/secrets/db", false)]
    [InlineData("DB_PASSWORD", "vault:kv/shop#password", false)]
    [InlineData("DB_PASSWORD", "${DB_PASSWORD}", false)]
    [InlineData("DB_PASSWORD", "", false)]
    [InlineData("DATABASE_URL", "postgres://db/shop", false)]
    [InlineData("TOKENIZER", "bpe", false)]
    [InlineData("TOKEN_TTL", "60", false)]
    [InlineData("LOG_LEVEL", "info", false)]
    public void Secrets_InVariables_AreDeniedAndNeverShown(string name, string value, bool denied)
    {
        _release.Policy = GateFixture.Gates("{ secrets: enforce }");
        var web = _release.Configuration.Services[0] with { Environment = new Dictionary<string, string> { [name] = value } };
        _release.Configuration = _release.Configuration with { Services = [web] };
        var report = _release.Decide();
        Assert.Equal(denied ? GateVerdict.Deny : GateVerdict.Allow, report.Verdict);
        if (denied) Assert.All(report.Of("secrets").Lines, line => Assert.DoesNotContain(value, line.Text + line.Help));
    }

    /// <summary>Whoever lists processes sees a command's words.</summary>
    [Theory]
    [InlineData("--token=ghp_0123456789abcdefghijklmnopqrstuvwxyz", true)]
    [InlineData("postgres://shop:hunter2@db/shop", true)]
    [InlineData("--token-file=/run/secrets/token", false)]
    [InlineData("postgres://shop:$DB_PASSWORD@db/shop", false)]
    [InlineData("postgres://shop:${DB_PASSWORD}@db/shop", false)]
    [InlineData("postgres://shop:$2hunter@db/shop", true)]
    [InlineData("postgres://db/shop", false)]
    public void Secrets_InCommands_AreDeniedAndNeverShown(string word, bool denied)
    {
        var web = _release.Configuration.Services[0];
        _release.Policy = GateFixture.Gates("{ secrets: enforce }");
        EnvironmentConfiguration[] all =
        [
            _release.Configuration with { Services = [web with { Command = ["./web", word] }] },
            _release.Configuration with { Services = [web with { Health = web.Health with { Command = ["./healthy", word] } }] },
            _release.Configuration with { PreHook = new(["./migrate", word], TimeSpan.FromSeconds(1), true) },
        ];
        foreach (var configuration in all)
        {
            _release.Configuration = configuration;
            Assert.Equal(denied ? ["gate-secret-in-configuration"] : [], _release.Decide().Against());
            Assert.All(_release.Decide().Of("secrets").Lines, line => Assert.DoesNotContain(word, line.Text + line.Help));
        }
    }

    [Fact]
    public void Secrets_ThatAScannerFound_AreDenied()
    {
        _release.Add(EvidenceKind.Scan, new ScanFact("gitleaks", [FindingKind.Secret], [new() { Ids = ["aws-access-key"], Kind = FindingKind.Secret, Paths = ["config.js"] }]), where: "gitleaks.json");
        Denied("gate-secret-found");
    }

    [Fact]
    public void Health_ByThePortAlone_IsDenied()
    {
        _release.Configuration = _release.Configuration with { Services = [_release.Configuration.Services[0] with { Health = Plans.Web().Health with { Http = null, Tcp = true } }] };
        _release.Approve("bob");
        Denied("gate-health-port-only");
    }

    [Fact]
    public void Rollback_WithoutAJudgeOrPastAnIrreversibleHook_IsDenied()
    {
        _release.Policy = GateFixture.Gates("{ rollback: enforce }");
        _release.Configuration = _release.Configuration with { Strategy = Plans.Canary with { Analysis = Plans.Analysis with { Enabled = false } } };
        Denied("gate-rollback-not-judged");
        _release.Configuration = _release.Configuration with { Strategy = Plans.Canary, PreHook = new(["./migrate.sh"], TimeSpan.FromSeconds(1), false) };
        Denied("gate-rollback-irreversible");
        _release.Policy = GateFixture.Gates("{ rollback: { irreversibleHooks: allow } }");
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
    }

    [Theory]
    [InlineData(800, 1000, GateVerdict.Allow)]
    [InlineData(799, 1000, GateVerdict.Deny)]
    [InlineData(79999, 100000, GateVerdict.Deny)]
    [InlineData(0, 0, GateVerdict.Undecided)]
    [InlineData(-1, 10, GateVerdict.Undecided)]
    [InlineData(11, 10, GateVerdict.Undecided)]
    public void Coverage_IsAtLeastEightyPercent(long covered, long total, GateVerdict verdict)
    {
        _release.Without(EvidenceKind.Coverage).Add(EvidenceKind.Coverage, new CoverageFact(covered, total, 0, 0));
        Assert.Equal(verdict, _release.Decide().Verdict);
    }

    [Fact]
    public void Coverage_Low_SaysSoExactly()
    {
        _release.Without(EvidenceKind.Coverage).Add(EvidenceKind.Coverage, new CoverageFact(7996, 10000, 0, 0));
        var line = _release.Decide().Of("coverage").Lines[0];
        Assert.StartsWith("tests reach 79.9 % of the lines of web (sha256:", line.Text, StringComparison.Ordinal);
        Assert.EndsWith("(7,996 of 10,000); expected at least 80 %", line.Text, StringComparison.Ordinal);
        Assert.Equal($"signalbox evidence add coverage report --subject {GateFixture.Artifact}", line.Help);
    }

    [Fact]
    public void Coverage_TwoThatContradict_TheLowerCounts()
    {
        _release.Add(EvidenceKind.Coverage, new CoverageFact(10, 1000, 0, 0), by: "mallory");
        Denied("gate-coverage-low");
    }

    [Fact]
    public void Coverage_HandedInAnew_ReplacesOnlyOnesOwn()
    {
        _release.Without(EvidenceKind.Coverage).Add(EvidenceKind.Coverage, new CoverageFact(10, 1000, 0, 0), by: "ci", where: "cov.xml");
        _release.Add(EvidenceKind.Coverage, new CoverageFact(900, 1000, 0, 0), by: "ci", where: "cov.xml");
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
        _release.Add(EvidenceKind.Coverage, new CoverageFact(10, 1000, 0, 0), by: "alice", where: "cov.xml");
        _release.Add(EvidenceKind.Coverage, new CoverageFact(900, 1000, 0, 0), by: "ci", where: "cov.xml");
        Denied("gate-coverage-low");
    }

    [Fact]
    public void Coverage_OfBranches_IsAskedWhereThePolicySays()
    {
        _release.Policy = GateFixture.Gates("{ coverage: { branchesAtLeast: 50% } }");
        Assert.Equal("gate-coverage-no-branches", Assert.Single(_release.Decide().Against()));
        _release.Without(EvidenceKind.Coverage).Add(EvidenceKind.Coverage, new CoverageFact(900, 1000, 49, 100));
        Denied("gate-coverage-low");
    }

    [Theory]
    [InlineData(10, 1, 0, GateVerdict.Deny)]
    [InlineData(10, -1, 0, GateVerdict.Deny)]
    [InlineData(0, 0, 0, GateVerdict.Undecided)]
    [InlineData(5, 0, 5, GateVerdict.Undecided)]
    [InlineData(5, 0, 4, GateVerdict.Allow)]
    public void Tests_RanAndNoneFailed(long total, long failed, long skipped, GateVerdict verdict)
    {
        _release.Without(EvidenceKind.Test).Add(EvidenceKind.Test, new TestFact(total, failed, skipped));
        Assert.Equal(verdict, _release.Decide().Verdict);
    }

    [Fact]
    public void Tests_OneOfSeveralReportsFailed_IsDenied()
    {
        _release.Add(EvidenceKind.Test, new TestFact(10, 1, 0), where: "integration.xml");
        _release.Add(EvidenceKind.Test, new TestFact(10, 0, 0), where: "unit.xml");
        Denied("gate-tests-failed");
    }

    [Theory]
    [InlineData(FindingSeverity.Critical, null, true)]
    [InlineData(FindingSeverity.High, null, false)]
    [InlineData(FindingSeverity.High, "1.1", true)]
    [InlineData(FindingSeverity.Medium, "1.1", false)]
    [InlineData(FindingSeverity.Unknown, null, false)]
    [InlineData(FindingSeverity.Unknown, "1.1", true)]
    public void Vulnerability_BlocksByItsSeverityAndItsFix(FindingSeverity severity, string? mendedIn, bool blocks)
    {
        _release.Add(EvidenceKind.Scan, Trivy(s_critical with { Severity = severity, FixedVersions = mendedIn is null ? [] : [mendedIn] }), where: "again.json");
        if (blocks) Denied("gate-vulnerability");
        else Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
    }

    [Fact]
    public void Vulnerability_SetAsideByVex_NeedsAReasonAndAnEnd()
    {
        _release.Add(EvidenceKind.Scan, Trivy(s_critical), where: "again.json");
        (VexStatement Statement, bool Counts)[] statements =
        [
            (Vex("CVE-2026-1"), true),
            (Vex("GHSA-aaaa", GateFixture.Artifact.Value), true),
            (Vex("CVE-2026-1") with { Status = VexStatus.Fixed }, true),
            (Vex("CVE-2026-1", "pkg:npm/right-pad@1.0"), false),
            (Vex("CVE-2026-1", GateFixture.Other.Value), false),
            (Vex("CVE-2026-1") with { Products = [] }, false),
            (Vex("CVE-2026-2"), false),
            (Vex("CVE-2026-1") with { Reason = "" }, false),
            (Vex("CVE-2026-1") with { Reason = null }, false),
            (Vex("CVE-2026-1") with { Status = VexStatus.Fixed, Reason = null }, false),
            (Vex("CVE-2026-1") with { Timestamp = null }, false),
            (Vex("CVE-2026-1") with { Timestamp = GateFixture.Now.AddHours(-1).AddMinutes(5) }, true),
            (Vex("CVE-2026-1") with { Timestamp = GateFixture.Now.AddHours(-1).AddMinutes(6) }, false),
            (Vex("CVE-2026-1") with { Timestamp = GateFixture.Now.AddYears(70) }, false),
            (Vex("CVE-2026-1") with { Timestamp = GateFixture.Now.AddDays(-30) }, false),
            (Vex("CVE-2026-1") with { Status = VexStatus.Affected }, false),
            (Vex("CVE-2026-1") with { Status = VexStatus.UnderInvestigation }, false),
        ];
        foreach (var (statement, counts) in statements)
        {
            _release.Without(EvidenceKind.Vex).Add(EvidenceKind.Vex, new VexFact([statement]));
            Assert.Equal((counts ? GateVerdict.Allow : GateVerdict.Deny, statement), (_release.Decide().Verdict, statement));
        }
        Assert.Contains(_release.Without(EvidenceKind.Vex).Named(Vex("CVE-2026-1")).Decide().Of("vulnerabilities").Lines, line => line.Text.EndsWith("not reachable (by ci:github)", StringComparison.Ordinal));
    }

    [Fact]
    public void Vulnerability_SetAsideForLongerThanThePolicyLets_Blocks()
    {
        _release.Policy = GateFixture.Gates("{ vulnerabilities: { vexMaxAge: 1d } }");
        _release.Add(EvidenceKind.Scan, Trivy(s_critical), where: "again.json");
        _release.Add(EvidenceKind.Vex, new VexFact([Vex("CVE-2026-1") with { Timestamp = GateFixture.Now.AddHours(-25) }]));
        Denied("gate-vulnerability");
    }

    /// <summary>Who cannot say when it was made says "affected" of now: every doubt lets a finding stand.</summary>
    [Fact]
    public void Vulnerability_ThatAnUndatedStatementCallsAffected_Blocks()
    {
        _release.Add(EvidenceKind.Scan, Trivy(s_critical), where: "again.json");
        _release.Add(EvidenceKind.Vex, new VexFact([Vex("CVE-2026-1"), Vex("CVE-2026-1") with { Status = VexStatus.Affected, Timestamp = null }]));
        Denied("gate-vulnerability");
    }

    /// <summary>Setting a finding aside is the weightiest override there is, so whoever brings the release does not do it alone.</summary>
    [Theory]
    [InlineData("alice", "alice", "carol", false)]
    [InlineData("alice", "bob", "alice", false)]
    [InlineData("alice", "bob", "carol", true)]
    public void Vulnerability_SetAsideByWhoBringsTheRelease_BlocksUnlessThePolicyNamesThem(string by, string submitter, string creator, bool counts)
    {
        (_release.Submitter, _release.Creator) = (submitter, creator);
        _release.Policy = GateFixture.Gates("{ vulnerabilities: enforce }");
        _release.Add(EvidenceKind.Scan, Trivy(s_critical), where: "again.json");
        _release.Add(EvidenceKind.Vex, new VexFact([Vex("CVE-2026-1")]), by: by);
        Assert.Equal(counts ? GateVerdict.Allow : GateVerdict.Deny, _release.Decide().Verdict);
        _release.Policy = GateFixture.Gates("{ vulnerabilities: { vexFrom: [alice] } }");
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
    }

    [Fact]
    public void Vulnerability_SetAsideByOneWhoMayNot_Blocks()
    {
        _release.Policy = GateFixture.Gates("{ vulnerabilities: { vexFrom: [bob] } }");
        _release.Add(EvidenceKind.Scan, Trivy(s_critical), where: "again.json");
        _release.Add(EvidenceKind.Vex, new VexFact([Vex("CVE-2026-1")]), by: "alice");
        Denied("gate-vulnerability");
        _release.Add(EvidenceKind.Vex, new VexFact([Vex("CVE-2026-1")]), by: "bob");
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
    }

    [Fact]
    public void Vulnerabilities_ByEveryToolThatIsAsked()
    {
        _release.Policy = GateFixture.Gates("{ vulnerabilities: { tools: [trivy, grype] } }");
        Denied("gate-vulnerabilities-missing");
        _release.Add(EvidenceKind.Scan, new ScanFact("grype", [FindingKind.Vulnerability], []), where: "grype.json");
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
    }

    [Fact]
    public void Vulnerabilities_AScanOfAnotherClass_IsNone()
    {
        _release.Without(EvidenceKind.Scan).Add(EvidenceKind.Scan, new ScanFact("trivy", [FindingKind.Misconfiguration], []));
        _release.Add(EvidenceKind.Scan, new ScanFact("semgrep", [FindingKind.Code], []), where: "semgrep.json");
        Denied("gate-vulnerabilities-missing");
    }

    /// <summary>What an SBOM does not list nobody looks for vulnerabilities in.</summary>
    [Fact]
    public void Sbom_ThatCallsItselfPartial_IsUndecidedUnlessGapsAreAllowed()
    {
        _release.Without(EvidenceKind.Sbom).Add(EvidenceKind.Sbom, new SbomFact("cyclonedx", "1.6", 12, []) { Names = [GateFixture.Artifact], Partial = "it calls itself incomplete" });
        Assert.Equal((GateVerdict.Undecided, "gate-sbom-partial"), (_release.Decide().Verdict, _release.Decide().Against().Single()));
        _release.Policy = GateFixture.Gates("{ sbom: { gaps: allow } }");
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
    }

    /// <summary>SARIF is a format of many: what its program looks for decides what it speaks for, and that program may be asked for.</summary>
    [Fact]
    public void Sarif_SpeaksForWhatItsProgramLooksFor()
    {
        _release.Policy = GateFixture.Gates("{ sast: { tools: [codeql] } }");
        _release.Without(EvidenceKind.Scan).Add(EvidenceKind.Scan, new ScanFact("sarif", [FindingKind.Secret], []) { Drivers = ["gitleaks"] }, where: "gitleaks.sarif");
        Denied("gate-sast-missing");
        _release.Add(EvidenceKind.Scan, new ScanFact("sarif", [FindingKind.Code], []) { Drivers = ["Semgrep OSS"] }, where: "semgrep.sarif");
        Denied("gate-sast-missing");
        _release.Add(EvidenceKind.Scan, new ScanFact("sarif", [FindingKind.Code], []) { Drivers = ["CodeQL"] }, where: "codeql.sarif");
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
    }

    /// <summary>A version before did not look whose report it was: the same report, read anew, takes its place.</summary>
    [Theory]
    [InlineData("grype.sarif", GateVerdict.Allow)]
    [InlineData("other.sarif", GateVerdict.Deny)]
    public void Sarif_OfNobody_IsReplacedByTheNextOfItsName(string where, GateVerdict verdict)
    {
        _release.Policy = GateFixture.Gates("{ vulnerabilities: enforce }");
        _release.Add(EvidenceKind.Scan, new ScanFact("sarif", [FindingKind.Vulnerability], [new() { Ids = ["CVE-1"], Severity = FindingSeverity.Critical }]), where: "grype.sarif");
        Denied("gate-vulnerability");
        _release.Add(EvidenceKind.Scan, new ScanFact("sarif", [], []) { Drivers = ["Grype"] }, where: where);
        Assert.Equal(verdict, _release.Decide().Verdict);
    }

    /// <summary>A dependency scanner's SARIF is too poor to speak for a release; what it found speaks against one.</summary>
    [Fact]
    public void Sarif_OfADependencyScanner_SpeaksOnlyAgainst()
    {
        _release.Policy = GateFixture.Gates("{ vulnerabilities: enforce }");
        _release.Add(EvidenceKind.Scan, new ScanFact("sarif", [], [new() { Ids = ["CVE-1"], Severity = FindingSeverity.Critical }]) { Drivers = ["Grype"] }, where: "grype.sarif");
        Denied("gate-vulnerability");
        _release.Without(EvidenceKind.Scan).Add(EvidenceKind.Scan, new ScanFact("sarif", [], []) { Drivers = ["Grype"] }, where: "grype.sarif");
        Denied("gate-vulnerabilities-missing");
    }

    [Fact]
    public void Freshness_AScanForSomethingElse_MakesNothingFresh()
    {
        _release.Without(EvidenceKind.Scan).Add(EvidenceKind.Scan, new ScanFact("trivy", [FindingKind.Vulnerability, FindingKind.Code], []), where: "image.json", at: GateFixture.Now.AddDays(-30));
        _release.Add(EvidenceKind.Scan, new ScanFact("trivy", [FindingKind.Misconfiguration], []), where: "config.json");
        Denied("gate-evidence-stale");
        Assert.StartsWith("the newest trivy scan for vulnerabilities, code of web", _release.Decide().Of("freshness").Lines[0].Text, StringComparison.Ordinal);
        _release.Add(EvidenceKind.Scan, new ScanFact("trivy", [FindingKind.Vulnerability, FindingKind.Code], []), where: "image.json");
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
    }

    /// <summary>A token for one application speaks for it alone, and so stands in the place of nothing that speaks for all.</summary>
    [Fact]
    public void Report_ForOneApplication_TakesThePlaceOfNoneForAll()
    {
        _release.Policy = GateFixture.Gates("{ coverage: enforce }");
        _release.Without(EvidenceKind.Coverage).Add(EvidenceKind.Coverage, new CoverageFact(1, 1000, 0, 0));
        var better = _release.Add(EvidenceKind.Coverage, new CoverageFact(1000, 1000, 0, 0));
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
        _release.Items[^1] = better with { Record = better.Record with { For = "shop" } };
        Denied("gate-coverage-low");
    }

    [Fact]
    public void Sast_SevereFinding_IsDenied()
    {
        _release.Add(EvidenceKind.Scan, new ScanFact("semgrep", [FindingKind.Code], [new() { Ids = ["sql-injection"], Kind = FindingKind.Code, Severity = FindingSeverity.High, Paths = ["app.js"], Lines = [7], Titles = ["tainted query"] }]), where: "more.json");
        Denied("gate-code-finding");
        _release.Policy = GateFixture.Gates("{ sast: { block: critical } }");
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
    }

    [Fact]
    public void Slo_Missing_IsDenied()
    {
        _release.Policy = GateFixture.Gates("{ slo: enforce }");
        _release.Configuration = _release.Configuration with { Services = [Plans.Web()] };
        Denied("gate-slo-missing");
    }

    [Fact]
    public void Alerts_WithoutAnAction_AreDenied()
    {
        _release.Without(EvidenceKind.Alerts).Add(EvidenceKind.Alerts, new AlertsFact(3, ["HighErrors"]));
        Denied("gate-alert-without-action");
        _release.Without(EvidenceKind.Alerts).Add(EvidenceKind.Alerts, new AlertsFact(0, []));
        Denied("gate-alerts-missing");
    }

    [Fact]
    public void SelfService_WithoutACommit_IsDenied()
    {
        _release.Policy = GateFixture.Gates("{ selfService: enforce }");
        _release.Source = null;
        Denied("gate-source-unknown");
        _release.Source = new(GateFixture.Commit, true);
        Denied("gate-source-dirty");
    }

    [Fact]
    public void Freshness_AnOldScan_IsDeniedUntilAFreshOneComes()
    {
        _release.Without(EvidenceKind.Scan);
        _release.Add(EvidenceKind.Scan, new ScanFact("trivy", [FindingKind.Vulnerability, FindingKind.Code], []), at: GateFixture.Now.AddDays(-3));
        Denied("gate-evidence-stale");
        Assert.Contains("3 days old; expected at most 24 h", _release.Decide().Of("freshness").Lines[0].Text);
        _release.Add(EvidenceKind.Scan, new ScanFact("trivy", [FindingKind.Vulnerability, FindingKind.Code], []));
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
    }

    [Fact]
    public void Freshness_GoesByTheReportsOwnTimeWhereThatIsOlder()
    {
        _release.Without(EvidenceKind.Scan).Add(EvidenceKind.Scan, new ScanFact("trivy", [FindingKind.Vulnerability, FindingKind.Code], []) { MadeAt = GateFixture.Now.AddDays(-2) });
        Denied("gate-evidence-stale");
        _release.Without(EvidenceKind.Scan).Add(EvidenceKind.Scan, new ScanFact("trivy", [FindingKind.Vulnerability, FindingKind.Code], []) { MadeAt = GateFixture.Now.AddDays(2) });
        Assert.Equal((GateVerdict.Undecided, "gate-evidence-from-the-future"), (_release.Decide().Verdict, _release.Decide().Against().Single()));
    }

    [Fact]
    public void Freshness_OneToolsFreshScan_DoesNotMakeAnothersFresh()
    {
        _release.Add(EvidenceKind.Scan, new ScanFact("grype", [FindingKind.Vulnerability], []), where: "grype.json", at: GateFixture.Now.AddDays(-3));
        Denied("gate-evidence-stale");
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("carol")]
    public void Approval_ByTheSubmitterOrTheMaker_DoesNotCount(string approver)
    {
        (_release.Submitter, _release.Creator) = ("alice", "carol");
        _release.Without(EvidenceKind.Approval).Approve(approver);
        Denied("gate-approval-missing");
        Assert.Contains("does not count", _release.Decide().Of("approval").Lines[1].Text);
    }

    [Fact]
    public void Approval_OfAnotherContentConfigurationOrEnvironment_DoesNotCount()
    {
        _release.Without(EvidenceKind.Approval);
        _release.Approve("bob", release: GateFixture.Other);
        _release.Approve("bob", configuration: GateFixture.Other);
        _release.Approve("bob", environment: "staging");
        _release.Approve("bob", at: GateFixture.Now.AddDays(-8));
        Denied("gate-approval-missing");
        Assert.True(_release.Decide().LacksOnlyApproval);
    }

    [Fact]
    public void Approval_TwoTimesByOne_CountsOnce()
    {
        _release.Policy = GateFixture.Gates("{ approval: { count: 2 } }");
        _release.Approve("bob");
        Denied("gate-approval-missing");
        _release.Approve("dave");
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
        _release.Policy = GateFixture.Gates("{ approval: { count: 2, by: [bob, erin] } }");
        Denied("gate-approval-missing");
    }

    [Fact]
    public void Freeze_HoldsByTheWallClockOfItsPlace()
    {
        var window = new FreezeWindow("afternoon", "12:00", "13:00", "Europe/Berlin");
        _release.Policy = Policy.Default with { Freeze = [window] };
        _release.Zones["Europe/Berlin"] = TimeSpan.FromHours(1);
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
        _release.At = GateFixture.Now.AddMinutes(-30);
        Denied("gate-frozen");
        _release.Zones.Remove("Europe/Berlin");
        Assert.Equal((GateVerdict.Undecided, "gate-freeze-zone-unknown"), (_release.Decide().Verdict, _release.Decide().Against().Single()));
        _release.Zones["Europe/Berlin"] = null;
        Assert.Equal(GateVerdict.Undecided, _release.Decide().Verdict);
    }

    [Fact]
    public void Freeze_Override_IsSomebodyElsesForThisReleaseUntilItEnds()
    {
        _release.Policy = Policy.Default with { Freeze = [new("noon", "11:00", "13:00", "UTC")] };
        (string By, OverrideFact Fact, bool Counts)[] overrides =
        [
            ("bob", Override(), true),
            ("alice", Override(), false),
            ("bob", Override() with { Expires = GateFixture.Now }, false),
            ("bob", Override() with { Release = GateFixture.Other }, false),
            ("bob", Override() with { Environment = "staging" }, false),
            ("bob", Override() with { Gate = "signature" }, false),
            ("bob", Override() with { Reason = "" }, false),
        ];
        foreach (var (by, fact, counts) in overrides)
        {
            _release.Without(EvidenceKind.Override).Add(EvidenceKind.Override, fact, _release.Content, by);
            Assert.Equal((counts ? GateVerdict.Allow : GateVerdict.Deny, by, fact), (_release.Decide().Verdict, by, fact));
        }
    }

    [Fact]
    public void Commands_OfHooks_AreThoseThatThePolicyNames()
    {
        _release.Policy = GateFixture.Gates("{ commands: { allow: [\"./migrate.sh up\"] } }");
        _release.Configuration = _release.Configuration with { PreHook = new(["./migrate.sh", "up"], TimeSpan.FromSeconds(1), true) };
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
        _release.Configuration = _release.Configuration with { PostHook = new(["./migrate.sh", "up", "--force"], TimeSpan.FromSeconds(1), true) };
        Denied("gate-command-not-allowed");
    }

    [Fact]
    public void Commands_OfHealthAndBlueGreenChecks_AreThoseThatThePolicyNames()
    {
        _release.Policy = GateFixture.Gates("{ commands: { allow: [\"./healthy\"] } }");
        var plan = _release.Configuration;
        EnvironmentConfiguration Probed(params string[] command) =>
            plan with { Services = [plan.Services[0] with { Health = plan.Services[0].Health! with { Http = null, Command = command } }] };
        _release.Configuration = Probed("./healthy");
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
        _release.Configuration = Probed("sh", "-c", "id");
        Denied("gate-command-not-allowed");
        var check = new Hook(["sh", "-c", "id"], TimeSpan.FromSeconds(1), true);
        _release.Configuration = plan with { Strategy = plan.Strategy with { Kind = StrategyKind.BlueGreen, BlueGreen = new(new Dictionary<string, ListenAddress>(), check, TimeSpan.Zero) } };
        Denied("gate-command-not-allowed");
    }

    [Theory]
    [InlineData(0, GateVerdict.Allow)]
    [InlineData(1, GateVerdict.Deny)]
    [InlineData(2, GateVerdict.Undecided)]
    [InlineData(127, GateVerdict.Undecided)]
    [InlineData(null, GateVerdict.Undecided)]
    public void Custom_CommandsExitCode_Decides(int? exit, GateVerdict verdict)
    {
        _release.Policy = Policy.Default with { Custom = [new("ticket", GateMode.Enforce, ["/bin/ticket"], TimeSpan.FromSeconds(1))] };
        Assert.Equal(GateVerdict.Undecided, _release.Decide().Verdict);
        _release.Custom.Add(new("policy of production", "ticket", exit, "exit", null));
        Assert.Equal(verdict, _release.Decide().Verdict);
        _release.Custom.Add(new("policy of production", "ticket", 0, "exit", null));
        Assert.Equal(GateVerdict.Undecided, _release.Decide().Verdict);
    }

    [Fact]
    public void Reused_ReportOfAnotherRelease_IsUndecided()
    {
        foreach (var kind in new[] { EvidenceKind.Coverage, EvidenceKind.Test, EvidenceKind.Scan })
        {
            var release = new GateFixture().Good();
            var good = release.Items.First(item => item.Record.Kind == kind);
            release.Add(kind, good.Facts, where: "again", alsoOf: [GateFixture.Other]);
            Assert.Equal((GateVerdict.Undecided, "gate-evidence-reused"), (release.Decide().Verdict, release.Decide().Against().Single()));
        }
    }

    [Fact]
    public void EvidenceFrom_OthersThanThoseNamed_DoesNotCount()
    {
        _release.Policy = _release.Policy! with { EvidenceFrom = ["ci:gitlab*"] };
        var against = _release.Decide().Against();
        Assert.Contains("gate-coverage-missing", against);
        Assert.DoesNotContain("gate-signature-missing", against);
        Assert.DoesNotContain("gate-approval-missing", against);
    }

    [Fact]
    public void Evidence_AboutTheReleaseAsAWhole_CountsForEachArtifact()
    {
        _release.Without(EvidenceKind.Coverage).Add(EvidenceKind.Coverage, new CoverageFact(900, 1000, 0, 0), _release.Content);
        Assert.Equal(GateVerdict.Allow, _release.Decide().Verdict);
    }

    [Fact]
    public void TwoArtifacts_EachNeedsItsOwn()
    {
        var services = new[] { _release.Configuration.Services[0], _release.Configuration.Services[0] with { Name = "api", Listen = new("127.0.0.1", 81) } };
        _release.Configuration = _release.Configuration with { Services = services };
        _release.Artifacts = new Dictionary<string, Digest> { ["web"] = GateFixture.Artifact, ["api"] = GateFixture.Other };
        _release.Approve("bob");
        Denied("gate-signature-missing", "gate-provenance-missing", "gate-sbom-missing", "gate-coverage-missing", "gate-tests-missing", "gate-vulnerabilities-missing", "gate-sast-missing");
    }

    /// <summary>What is handed in for the release as a whole is each artifact's own where it says whose it is.</summary>
    [Fact]
    public void TwoArtifacts_WithTheirOwnEvidenceAboutTheRelease_GoOut()
    {
        var services = new[] { _release.Configuration.Services[0], _release.Configuration.Services[0] with { Name = "api", Listen = new("127.0.0.1", 81) } };
        var release = new GateFixture { Configuration = _release.Configuration with { Services = services }, Artifacts = new Dictionary<string, Digest> { ["web"] = GateFixture.Artifact, ["api"] = GateFixture.Other } };
        foreach (var artifact in new[] { GateFixture.Artifact, GateFixture.Other })
        {
            release.Add(EvidenceKind.Sbom, new SbomFact("cyclonedx", "1.6", 12, []) { Names = [artifact] }, release.Content, where: $"{artifact.Hex}.cdx.json");
            release.Add(EvidenceKind.Signature, new SignatureFact("sigstore") { Names = [artifact], Signer = GateFixture.KeySigner }, release.Content, where: $"{artifact.Hex}.sigstore.json", verdict: VerificationVerdict.Verified);
        }
        release.Add(EvidenceKind.Provenance, GateFixture.Provenance() with { Names = [GateFixture.Artifact, GateFixture.Other] }, release.Content, verdict: VerificationVerdict.Verified);
        release.Policy = GateFixture.Gates($"{{ sbom: enforce, signature: {{ keys: [\"{GateFixture.Key}\"] }}, provenance: {{ keys: [\"{GateFixture.Key}\"] }} }}");
        Assert.Empty(release.Decide().Against());
        release.Items.RemoveAll(item => item.Record.Kind == EvidenceKind.Sbom && item.Facts!.Names.Contains(GateFixture.Other));
        Assert.Equal(["gate-sbom-missing"], release.Decide().Against());
    }

    /// <summary>Whoever may push to a registry attaches what they like: a signed report from there is its signer's word alone.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void SignedReportFromARegistry_CountsByItsSigner(bool ours, bool counts)
    {
        var signer = ours ? GateFixture.KeySigner : new Signer(null, "mallory@example.com", "https://accounts.example.com");
        _release.Add(EvidenceKind.Scan, Trivy(s_critical), where: "again.json");
        var item = _release.Add(EvidenceKind.Vex, new VexFact([Vex("CVE-2026-1")]) { Signer = signer }, verdict: VerificationVerdict.Verified);
        _release.Items[^1] = item with { Record = item.Record with { Source = new(EvidenceOrigin.Registry, "registry.example.com/acme/shop") } };
        Assert.Equal(counts ? GateVerdict.Allow : GateVerdict.Deny, _release.Decide().Verdict);
    }

    /// <summary>A statement that does not hold, or that somebody else signed, makes an old one no younger.</summary>
    [Fact]
    public void Freshness_OfASignature_IsThatOfOneThatCounts()
    {
        _release.Policy = GateFixture.Gates($"{{ freshness: {{ signature: 30d }}, signature: {{ keys: [\"{GateFixture.Key}\"] }} }}");
        _release.Without(EvidenceKind.Signature).Add(EvidenceKind.Signature, new SignatureFact("sigstore") { Names = [GateFixture.Artifact], Signer = GateFixture.KeySigner }, at: GateFixture.Now.AddDays(-365), verdict: VerificationVerdict.Verified);
        _release.Add(EvidenceKind.Signature, new SignatureFact("sigstore"), verdict: VerificationVerdict.Failed);
        _release.Add(EvidenceKind.Signature, new SignatureFact("sigstore") { Names = [GateFixture.Artifact], Signer = new(GateFixture.Other) }, verdict: VerificationVerdict.Verified);
        Denied("gate-evidence-stale");
    }

    [Fact]
    public void Warnings_StopNothing()
    {
        var report = new GateFixture { Policy = Policy.Default }.Decide();
        Assert.Equal(GateVerdict.Allow, report.Verdict);
        Assert.Contains(report.Results, result => result.Warns && result.Gate == "signature");
    }

    [Fact]
    public void PolicyThatCannotBeRead_IsUndecided()
    {
        _release.Policy = null;
        Assert.Equal((GateVerdict.Undecided, "gate-policy-unreadable"), (_release.Decide().Verdict, _release.Decide().Against().Single()));
    }

    [Fact]
    public void NoLayer_IsUndecided() => Assert.Equal(GateVerdict.Undecided, GateDecision.Decide(_release.Inputs() with { Layers = [] }).Verdict);

    [Fact]
    public void NoArtifact_IsUndecided()
    {
        _release.Artifacts = new Dictionary<string, Digest>();
        Assert.NotEqual(GateVerdict.Allow, _release.Decide().Verdict);
    }

    [Fact]
    public void SecondLayer_TightensAndNeverWeakens()
    {
        var lax = new PolicyLayer("policy of shop/production", null, GateFixture.Gates("{ signature: off, coverage: { atLeast: 1% } }"));
        _release.Without(EvidenceKind.Signature);
        Assert.Equal(GateVerdict.Deny, GateDecision.Decide(_release.Inputs(lax)).Verdict);
        var strict = new PolicyLayer("policy of shop/production", null, GateFixture.Gates("{ coverage: { atLeast: 99% } }"));
        var release = new GateFixture().Good();
        Assert.Equal(["gate-coverage-low"], GateDecision.Decide(release.Inputs(strict)).Against());
    }

    [Fact]
    public void OwnFile_TightensAndNeverWeakens()
    {
        GateRule Own(string at) => new("coverage", GateMode.Enforce, new Dictionary<string, IReadOnlyList<string>> { ["atLeast"] = [at] });
        _release.Policy = GateFixture.Gates("{ coverage: enforce }");
        _release.Configuration = _release.Configuration with { Gates = [Own("90%")] };
        Denied("gate-coverage-low");
        _release.Configuration = _release.Configuration with { Gates = [Own("1%")] };
        _release.Without(EvidenceKind.Coverage).Add(EvidenceKind.Coverage, new CoverageFact(500, 1000, 0, 0));
        Denied("gate-coverage-low");
    }

    [Fact]
    public void ManyLines_AreCutAndCounted()
    {
        _release.Add(EvidenceKind.Scan, Trivy([.. Enumerable.Range(0, 5000).Select(i => s_critical with { Ids = [$"CVE-{i}"], Packages = [new string('p', 2000)] })]), where: "again.json");
        var lines = _release.Decide().Of("vulnerabilities").Lines;
        Assert.Equal(13, lines.Count);
        Assert.Equal("and 4988 more", lines[^1].Text);
        Assert.All(lines, line => Assert.True(line.Text.Length <= 401));
    }

    private OverrideFact Override() => new("freeze", "shop", "production", _release.Content, ConfigurationDigest.Of(_release.Configuration), "an outage", GateFixture.Now.AddHours(1));

    private static VexStatement Vex(string vulnerability, string product = "pkg:npm/left-pad@1.0") =>
        new([vulnerability], [new(product, [])], VexStatus.NotAffected, "not reachable", GateFixture.Now.AddDays(-1));

    private static ScanFact Trivy(params ScanFinding[] findings) => new("trivy", [FindingKind.Vulnerability], findings);

    private void Denied(params string[] ids)
    {
        var report = _release.Decide();
        Assert.Equal(ids.Order(), report.Against().Where(id => id != "gate-more").Distinct().Order());
        Assert.Equal(GateVerdict.Deny, report.Verdict);
    }
}
