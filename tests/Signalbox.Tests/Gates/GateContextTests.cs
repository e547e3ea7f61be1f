using Signalbox.Delivery;
using Signalbox.Evidence;
using Signalbox.Evidence.Reports;
using Signalbox.Gates;

namespace Signalbox.Tests.Gates;

/// <summary>Which evidence a gate sees of all that there is.</summary>
public sealed class GateContextTests
{
    [Theory]
    [InlineData(100_000, GateVerdict.Allow)]
    [InlineData(100_001, GateVerdict.Undecided)]
    public void Findings_AreWeighed_UpToTheirMost(int count, GateVerdict verdict)
    {
        var release = Asking("{ secrets: enforce }");
        release.Add(EvidenceKind.Scan, new ScanFact("semgrep", [FindingKind.Secret], [.. Enumerable.Repeat(new ScanFinding { Kind = FindingKind.Code }, count - 1)]));
        release.Add(EvidenceKind.Scan, new ScanFact("trivy", [FindingKind.Secret], [new() { Kind = FindingKind.Code }]), where: "more");
        var line = release.Decide().Of("secrets").Lines[0];
        Assert.Equal((verdict, verdict == GateVerdict.Allow ? "gate-ok" : "gate-evidence-too-much"), (line.Verdict, line.Id));
        if (verdict == GateVerdict.Undecided) Assert.StartsWith("the scans of this release have 100,001 findings", line.Text, StringComparison.Ordinal);
    }

    /// <summary>What cannot be told apart from a report is one: the newest that can be read takes the place of those before it.</summary>
    [Fact]
    public void NewestOfASeries_Counts_WhateverTheOrderTheyStandIn()
    {
        var release = Asking("{ coverage: enforce }");
        foreach (var covered in new[] { 1, 2, 9 }) release.Add(EvidenceKind.Coverage, new CoverageFact(covered, 10, 0, 0));
        Assert.Empty(release.Decide().Against());
        release.Items.Reverse();
        Assert.Empty(release.Decide().Against());
        release.Add(EvidenceKind.Coverage, new CoverageFact(1, 10, 0, 0));
        Assert.Equal(["gate-coverage-low"], release.Decide().Against());
    }

    [Fact]
    public void OneThatIsLost_ReplacesNone_AndIsReplaced()
    {
        var release = Asking("{ coverage: enforce }");
        release.Add(EvidenceKind.Coverage, new CoverageFact(1, 10, 0, 0));
        release.Add(EvidenceKind.Coverage, null);
        Assert.Equal(["gate-evidence-unreadable", "gate-coverage-low"], release.Decide().Against().OrderDescending());
        release.Add(EvidenceKind.Coverage, new CoverageFact(9, 10, 0, 0));
        Assert.Empty(release.Decide().Against());
    }

    /// <summary>A series is of one kind, by one principal, about one subject, under one name, and of a scan by one tool.</summary>
    [Fact]
    public void AnotherSeries_ReplacesNone()
    {
        Assert.Equal(GateVerdict.Allow, With(release => release.Add(EvidenceKind.Coverage, new CoverageFact(9, 10, 0, 0))));
        Assert.Equal(GateVerdict.Deny, With(release => release.Add(EvidenceKind.Coverage, new CoverageFact(9, 10, 0, 0), by: "ci:gitlab")));
        Assert.Equal(GateVerdict.Deny, With(release => release.Add(EvidenceKind.Coverage, new CoverageFact(9, 10, 0, 0), release.Content)));
        Assert.Equal(GateVerdict.Deny, With(release => release.Add(EvidenceKind.Coverage, new CoverageFact(9, 10, 0, 0), where: "other")));
        Assert.Equal(GateVerdict.Deny, With(release => release.Add(EvidenceKind.Test, new TestFact(9, 0, 0))));

        static GateVerdict With(Action<GateFixture> add)
        {
            var release = Asking("{ coverage: enforce }");
            release.Add(EvidenceKind.Coverage, new CoverageFact(1, 10, 0, 0));
            add(release);
            return release.Decide().Verdict;
        }
    }

    /// <summary>What a version before read without looking whose it was, the next of its name replaces; no other SARIF does, nor does it replace another.</summary>
    [Fact]
    public void SarifOfNobody_IsReplacedByALaterOneAlone()
    {
        ScanFact Of(string? driver, params ScanFinding[] findings) => new("sarif", [FindingKind.Code], findings) { Drivers = driver is null ? null : [driver] };
        var found = new ScanFinding { Ids = ["x"], Kind = FindingKind.Code, Severity = FindingSeverity.Critical };
        Assert.Equal(GateVerdict.Deny, Decided(Of("Semgrep OSS"), Of(null, found)));
        Assert.Equal(GateVerdict.Allow, Decided(Of(null, found), Of("Semgrep OSS")));
        Assert.Equal(GateVerdict.Deny, Decided(Of("CodeQL", found), Of("Semgrep OSS")));
        Assert.Equal(GateVerdict.Deny, Decided(new ScanFact("semgrep", [FindingKind.Code], [found]), Of("Semgrep OSS")));

        static GateVerdict Decided(params ScanFact[] scans)
        {
            var release = Asking("{ sast: enforce }");
            foreach (var scan in scans) release.Add(EvidenceKind.Scan, scan, where: "report.sarif");
            return release.Decide().Verdict;
        }
    }

    /// <summary>What the ledger lists and the decision was not given may be what would deny.</summary>
    [Fact]
    public void OneThatIsListedAndNotThere_MakesEveryGateThatReadsUndecided()
    {
        var release = Asking("{ coverage: enforce, slo: enforce }");
        release.Add(EvidenceKind.Coverage, new CoverageFact(9, 10, 0, 0));
        release.Lost.Add(GateFixture.Other);
        var lines = release.Decide().Of("coverage").Lines;
        Assert.Equal(["gate-evidence-partial", "gate-ok"], lines.Select(line => line.Id));
        Assert.Equal(("evidence that the ledger has about this release is missing here, so what it says is not known", "signalbox ledger verify"), (lines[0].Text, lines[0].Help));
        Assert.Equal(["gate-evidence-partial"], release.Decide().Against());
    }

    [Fact]
    public void Word_OfOneOfTwoThatAreNamed_Counts()
    {
        var release = new GateFixture("apiVersion: signalbox-policy/v1\nevidenceFrom: [\"ci:gitlab\", \"ci:git*\"]\ngates: { coverage: enforce }\n");
        release.Add(EvidenceKind.Coverage, new CoverageFact(9, 10, 0, 0));
        Assert.Empty(release.Decide().Against());
        release.Without(EvidenceKind.Coverage).Add(EvidenceKind.Coverage, new CoverageFact(9, 10, 0, 0), by: "mallory");
        Assert.Equal(["gate-coverage-missing"], release.Decide().Against());
    }

    /// <summary>Handed in for the whole release it is each artifact's, unless it says that it is of another of them.</summary>
    [Theory]
    [InlineData("", true)]
    [InlineData("web", true)]
    [InlineData("api", false)]
    [InlineData("web api", true)]
    [InlineData("stranger", true)]
    [InlineData("stranger api", false)]
    public void ForTheWholeRelease_IsEachArtifacts_UnlessItNamesAnother(string names, bool heard)
    {
        var release = Asking("{ coverage: enforce }");
        release.Second();
        var digests = new Dictionary<string, Digest> { ["web"] = GateFixture.Artifact, ["api"] = GateFixture.Other, ["stranger"] = GateFixture.Key };
        release.Add(EvidenceKind.Coverage, new CoverageFact(9, 10, 0, 0) { Names = [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => digests[name])] }, release.Content);
        Assert.Equal(heard, release.Decide().Of("coverage").Lines.Any(line => line.Text.Contains(" of web (", StringComparison.Ordinal) && line.Verdict == GateVerdict.Allow));
        // about the artifact itself it is the artifact's, whatever it names
        release.Without(EvidenceKind.Coverage).Add(EvidenceKind.Coverage, new CoverageFact(9, 10, 0, 0) { Names = [GateFixture.Other] });
        Assert.Contains(release.Decide().Of("coverage").Lines, line => line.Text.Contains(" of web (", StringComparison.Ordinal) && line.Verdict == GateVerdict.Allow);
    }

    /// <summary>One signer of several that the environment's policies name is enough for a signed report out of a registry.</summary>
    [Theory]
    [InlineData("first", true)]
    [InlineData("second", true)]
    [InlineData("third", false)]
    public void SignedReportOutOfARegistry_CountsByASignerOfAnyPolicy(string by, bool counts)
    {
        var release = Asking("{ sbom: enforce }");
        var item = release.Add(EvidenceKind.Sbom, new SbomFact("spdx", "2.3", 1, []) { Names = [GateFixture.Artifact], Signer = new(Digest.Of(System.Text.Encoding.UTF8.GetBytes(by))) }, verdict: VerificationVerdict.Verified);
        release.Items[0] = item with { Record = item.Record with { Source = new(EvidenceOrigin.Registry, "registry.example.com/shop sig") } };
        PolicyLayer Trusting(string name) => new($"policy of {name}", null, GateFixture.Gates($"{{ signature: {{ mode: warn, keys: [\"{Digest.Of(System.Text.Encoding.UTF8.GetBytes(name))}\"] }} }}"));
        Assert.Equal(counts ? [] : ["gate-sbom-missing"], GateDecision.Decide(release.Inputs(Trusting("first"), Trusting("second"), new("lost", null, null))).Against().Where(id => id != "gate-policy-unreadable"));
        // from anywhere else somebody handed it in, and their word is heard
        release.Items[0] = item;
        Assert.Equal([], GateDecision.Decide(release.Inputs(Trusting("first"))).Against());
        // and what is not signed is nobody's but theirs
        release.Items[0] = item with { Record = item.Record with { Source = new(EvidenceOrigin.Registry, "registry.example.com/shop sig"), Verification = EvidenceVerification.Unsigned } };
        Assert.Equal([], GateDecision.Decide(release.Inputs(Trusting("first"))).Against());
    }

    [Fact]
    public void Artifacts_AreAskedInTheOrderOfTheirDigests_WithAllTheirServices()
    {
        var release = Asking("{ coverage: enforce }");
        var web = release.Configuration.Services[0];
        release.Services(web, web with { Name = "api" }, web with { Name = "job" });
        release.Artifacts = new Dictionary<string, Digest> { ["web"] = GateFixture.Artifact, ["job"] = GateFixture.Other, ["api"] = GateFixture.Artifact, ["gone"] = GateFixture.Key };
        var names = new[] { ("api, web", GateFixture.Artifact), ("job", GateFixture.Other) }.OrderBy(one => one.Item2.Value, StringComparer.Ordinal).Select(one => $"{one.Item1} ({one.Item2.Value[..19]}…) has no coverage report; expected Cobertura, LCOV, JaCoCo or OpenCover");
        Assert.Equal(names, release.Decide().Of("coverage").Lines.Select(line => line.Text));
    }

    /// <summary>A file with a host's name before it would be taken for an image; one line of many is handed in with its file.</summary>
    [Theory]
    [InlineData("build.out/cov.xml", "./build.out/cov.xml")]
    [InlineData("./build.out/cov.xml", "./build.out/cov.xml")]
    [InlineData("out/cov.xml", "out/cov.xml")]
    [InlineData("all.jsonl line 3", "all.jsonl")]
    [InlineData("all.JSONL line 12", "all.JSONL")]
    [InlineData("all.jsonl line 3a", "'all.jsonl line 3a'")]
    [InlineData("all.jsonl line 3 line", "'all.jsonl line 3 line'")]
    [InlineData(".jsonl line 3", "'.jsonl line 3'")]
    [InlineData("a.jsonl line 1.jsonl line 2", "'a.jsonl line 1.jsonl'")]
    public void Remedy_NamesTheFileThatWasHandedIn(string where, string pasted)
    {
        var release = Asking("{ coverage: enforce }");
        release.Add(EvidenceKind.Coverage, new CoverageFact(1, 10, 0, 0), where: where);
        Assert.Equal($"signalbox evidence add coverage {pasted} --subject {GateFixture.Artifact}", release.Decide().Of("coverage").Lines[0].Help);
    }

    /// <summary>Only what holds by a plain key is verified with that key again.</summary>
    [Theory]
    [InlineData(VerificationVerdict.Verified, true, true)]
    [InlineData(VerificationVerdict.Unsigned, true, false)]
    [InlineData(VerificationVerdict.Verified, false, false)]
    public void Remedy_NamesAKey_WhereOneSigned(VerificationVerdict verdict, bool key, bool named)
    {
        var release = Asking("{ coverage: enforce }");
        release.Add(EvidenceKind.Coverage, new CoverageFact(1, 10, 0, 0) { Signer = key ? GateFixture.KeySigner : new(null, "alice@acme.example", "https://issuer") }, verdict: verdict);
        Assert.Equal(named, release.Decide().Of("coverage").Lines[0].Help!.EndsWith(" --key acme.key.pub", StringComparison.Ordinal));
    }

    private static GateFixture Asking(string gates) => new($"apiVersion: signalbox-policy/v1\ngates: {gates}\n");
}
