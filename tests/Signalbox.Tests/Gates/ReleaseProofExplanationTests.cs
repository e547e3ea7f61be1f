using System.Text.RegularExpressions;
using Signalbox.Delivery;
using Signalbox.Evidence;
using Signalbox.Evidence.Signing;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Gates;
using Signalbox.Gates.Proofs;
using Signalbox.Tests.Evidence;

namespace Signalbox.Tests.Gates;

/// <summary>What the check of a proof says, link by link, and what a proof says of levels, policies and warnings.</summary>
public sealed partial class ReleaseProofExplanationTests : IDisposable
{
    private const string Quiet = ", provenance: off, sbom: off, secrets: off, health: off, rollback: off, coverage: off, tests: off, sast: off, slo: off, alerts: off, selfService: off, freshness: off";

    private readonly SigningKey _plane = SigningKey.Create(), _signer = SigningKey.Create();

    public void Dispose()
    {
        _plane.Dispose();
        _signer.Dispose();
    }

    [Fact]
    public async Task AllowedRelease_IsExplainedLinkByLink()
    {
        var file = await MakeAsync(Quiet);
        Assert.Equal(
        [
            "signature Proven the decision is signed with the given key (ECDSA P-256)",
            "signature Proven the summary is signed with the given key (ECDSA P-256)",
            "artifact NotAsked no artifact was given; the proof is about 2 digests",
            "contents Proven 5 contents are what their digests say",
            "decision Proven decided again, the gates say the same: Allow",
            "summary Proven the summary says PASSED, SLSA_BUILD_LEVEL_UNEVALUATED",
            "evidence Proven signature HEX holds: by key HEX",
            "verdict Proven the gates of production allowed shop-1 at 2026-11-26 12:00:00Z",
        ], Told(file, new() { Signers = [LocalProof.Holder(_plane), LocalProof.Holder(_signer)] }));
    }

    [Fact]
    public async Task ArtifactThatIsGiven_AndOneGateThatWarned_AreSaid()
    {
        var file = await MakeAsync(Quiet.Replace("tests: off", "tests: warn", StringComparison.Ordinal));
        var told = Told(file, new() { Signers = [LocalProof.Holder(_plane)], Artifact = [new("sha256", EvidenceFixture.Subject.Hex)] });
        Assert.Equal("artifact Proven web has the digest sha256:HEX", told[2]);
        Assert.Equal("summary Proven the summary says PASSED, SLSA_BUILD_LEVEL_UNEVALUATED; 1 gate only warned: tests", told[5]);
        Assert.Equal("evidence NotAsked signature HEX is signed with the key HEX, which was not given", told[6]);
        Assert.Equal("verdict Proven the gates of production allowed shop-1 at 2026-11-26 12:00:00Z; 1 gate only warned: tests", told[7]);
    }

    [Fact]
    public async Task Refusal_IsTheLastStep_UnderTheLinkThatDoesNotHold()
    {
        var file = await MakeAsync(Quiet);
        Assert.Equal("signature Refused the proof is not signed with the first key that was given", Told(file, new() { Signers = [LocalProof.Holder(_signer)] }).Single());
        Assert.StartsWith("signature Refused it says to be signed with the key sha256:HEX; nothing says whether that counts", Told(file, new()).Single(), StringComparison.Ordinal);
        Assert.Equal("artifact Refused the proof is about nothing with the digest sha256:HEX", Told(file, new() { Signers = [LocalProof.Holder(_plane)], Artifact = [new("sha256", EvidenceFixture.Other.Hex)] })[^1]);
        Assert.Equal("verdict Refused the proof is of the gates of production; expected those of staging", Told(file, new() { Signers = [LocalProof.Holder(_plane)] }, "staging")[^1]);
        Assert.Equal("format Refused the proof is not JSON as it should be", Told("{"u8.ToArray(), new()).Single().Split(": ")[0]);
    }

    /// <summary>Nobody listened to who brought it, so it was not read, and nothing was decided by it.</summary>
    [Fact]
    public async Task SignedReport_ThatNobodyListenedTo_IsSaidNotToBeAsked()
    {
        var evidence = new EvidenceFixture(new SignedEvidenceReader(TrustedRoot.Empty), new ReportEvidenceReader());
        await evidence.TakeAsync(SampleReports.Trivy());
        await evidence.TakeAsync(LocalProof.Signature(_signer), key: _signer.PublicPem);
        await evidence.TakeAsync(LocalProof.Signed(_signer, "https://cyclonedx.org/bom", System.Text.Encoding.UTF8.GetBytes(SampleReports.CycloneDx())), by: "mallory", key: _signer.PublicPem);
        var (file, _) = await LocalProof.WriteAsync(evidence, _signer, _plane, more: " }\nevidenceFrom: [ci] #");
        var told = Told(file, new() { Signers = [LocalProof.Holder(_plane), LocalProof.Holder(_signer)] });
        Assert.Equal(["evidence Proven signature HEX holds: by key HEX", "evidence NotAsked sbom HEX is signed, and was not read: nobody listened to who brought it, or it was lost"], told.Where(step => step.StartsWith("evidence ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("{\"mediaType\":\"application/vnd.signalbox.release-proof.v1+json\"}", true)]
    [InlineData(" \t\r\n{ \"x\": \"vnd.signalbox.release-proof\" }", true)]
    [InlineData("{\"mediaType\":\"application/vnd.dev.sigstore.bundle\"}", false)]
    [InlineData("[\"vnd.signalbox.release-proof\"]", false)]
    [InlineData("vnd.signalbox.release-proof", false)]
    [InlineData("", false)]
    public void Proof_CallsItselfOne(string file, bool proof) => Assert.Equal(proof, ReleaseProofVerifier.IsProof(System.Text.Encoding.UTF8.GetBytes(file)));

    [Fact]
    public async Task Proof_OfInputsThatAreLost_OrOfTooMuch_IsNotMade()
    {
        var evidence = new EvidenceFixture(new SignedEvidenceReader(TrustedRoot.Empty), new ReportEvidenceReader());
        await evidence.TakeAsync(SampleReports.Trivy());
        var (_, decision) = await LocalProof.WriteAsync(evidence, _signer, _plane);
        var kept = GateEvents.Read((await evidence.Store.ReadAsync(decision.Inputs, 1 << 20, default))!)!;
        var large = await evidence.Store.AddAsync(new byte[ReleaseProof.MostContent], default);
        var inputs = GateEvents.Canonical(kept.With([.. kept.Records.Select(record => new EvidenceItem(record with { Content = record.Content with { Digest = large.Digest } }, new TestFact(1, 0, 0)))]));
        await evidence.Store.AddAsync(inputs, default);
        Assert.Equal(("release-proof-too-large", "the evidence has more than 40 MiB, which is the most of one file"), await FailedAsync(decision with { Inputs = Digest.Of(inputs) }));
        evidence.Store.Replace(decision.Inputs, null);
        Assert.Equal(("gate-inputs-lost", "the inputs of decision 7 are lost or damaged"), await FailedAsync(decision));

        async Task<(string, string)> FailedAsync(GateDecided decided)
        {
            var e = await Assert.ThrowsAsync<ReleaseProofException>(() => ReleaseProof.WriteAsync(new(decided, 7, "alice", "0:0"), evidence.Store, _plane, default));
            return (e.Id, e.Message);
        }
    }

    /// <summary>The lowest of all artifacts and of all policies that asked; a release's own file has no say.</summary>
    [Fact]
    public void Level_IsTheLowestThatIsProven()
    {
        var keys = $"keys: [\"{GateFixture.Key}\"]";
        Assert.Equal("SLSA_BUILD_LEVEL_2", Level($"{{ provenance: {{ {keys} }} }}", (GateFixture.Artifact, 2), (GateFixture.Other, 2)));
        Assert.Equal("SLSA_BUILD_LEVEL_1", Level($"{{ provenance: {{ level: 1, {keys} }} }}", (GateFixture.Artifact, 2), (GateFixture.Other, 1)));
        Assert.Equal("SLSA_BUILD_LEVEL_UNEVALUATED", Level($"{{ provenance: {{ {keys} }} }}", (GateFixture.Artifact, 2)));
        Assert.Equal("SLSA_BUILD_LEVEL_UNEVALUATED", Level($"{{ provenance: {{ level: 0, {keys} }} }}", (GateFixture.Artifact, 0), (GateFixture.Other, 2)));
        Assert.Equal("SLSA_BUILD_LEVEL_UNEVALUATED", Level("{ provenance: off }", (GateFixture.Artifact, 2), (GateFixture.Other, 2)));
        // a builder that a policy names is of the level that it proves, in that policy
        var named = $"{{ provenance: {{ builders: [\"https://ci.example.com/*\"], {keys} }} }}";
        Assert.Equal("SLSA_BUILD_LEVEL_3", Level(named, (GateFixture.Artifact, 3), (GateFixture.Other, 3)));
        Assert.Equal("SLSA_BUILD_LEVEL_2", Level(named, [new("policy of shop/production", null, GateFixture.Gates($"{{ provenance: {{ {keys} }} }}"))], (GateFixture.Artifact, 3), (GateFixture.Other, 3)));
        Assert.Equal("SLSA_BUILD_LEVEL_3", Level(named, [new("policy of shop/production", null, GateFixture.Gates("{ provenance: off }"))], (GateFixture.Artifact, 3), (GateFixture.Other, 3)));
    }

    [Fact]
    public void Policy_IsTheBuiltInOne_ThatOfTheEnvironment_OrAllTogether()
    {
        var (inputs, decision) = Decided(new GateFixture().Inputs());
        string Uri(params PolicyReference[] policies) => (string)ReleaseProof.Summary(decision with { Policies = policies }, inputs, new Dictionary<string, byte[]>(), GateFixture.Key)["policy"]!["uri"]!;
        Assert.Equal("urn:signalbox:policy:built-in", Uri(new PolicyReference("built-in policy", null)));
        Assert.Equal("urn:signalbox:policy:policy%20of%20production", Uri(new PolicyReference("policy of production", GateFixture.Key)));
        Assert.Equal("urn:signalbox:policy:policy%20of%20production", Uri(new("built-in policy", null), new("policy of production", GateFixture.Key)));
        Assert.Equal("urn:signalbox:policies:a,b", Uri(new("a", GateFixture.Key), new("x", null), new("b", GateFixture.Other)));
    }

    [Theory]
    [InlineData(GateVerdict.Allow, "PASSED")]
    [InlineData(GateVerdict.Deny, "FAILED")]
    [InlineData(GateVerdict.Undecided, "FAILED")]
    public void Summary_SaysPassed_WhereTheGatesAllowedIt(GateVerdict verdict, string result)
    {
        var (inputs, decision) = Decided(new GateFixture().Inputs());
        Assert.Equal(result, (string?)ReleaseProof.Summary(decision with { Verdict = verdict }, inputs, new Dictionary<string, byte[]>(), GateFixture.Key)["verificationResult"]);
    }

    private static string Level(string gates, params (Digest Artifact, int Level)[] proven) => Level(gates, [], proven);

    private static string Level(string gates, PolicyLayer[] more, params (Digest Artifact, int Level)[] proven)
    {
        var release = new GateFixture($"apiVersion: signalbox-policy/v1\ngates: {gates}\n");
        release.Second();
        // what a release's own file takes is its submitter's word
        release.Configuration = release.Configuration with { Gates = [new("provenance", Signalbox.Delivery.Policies.GateMode.Warn, new Dictionary<string, IReadOnlyList<string>>())] };
        var pieces = new Dictionary<string, byte[]>();
        foreach (var (artifact, level) in proven)
        {
            var facts = GateFixture.Provenance(level) with { Names = [artifact] };
            pieces[release.Add(EvidenceKind.Provenance, facts, artifact, verdict: VerificationVerdict.Verified).Record.Facts.Value] = EvidenceFactsText.Canonical(facts);
        }
        var (inputs, decision) = Decided(release.Inputs(more));
        return ReleaseProof.LevelOf(decision, inputs, pieces);
    }

    private static (KeptInputs, GateDecided) Decided(GateInputs inputs)
    {
        var report = GateDecision.Decide(inputs);
        return (GateEvents.Read(GateEvents.Canonical(inputs))!, new(report.Release, report.Environment, report.Verdict, report.At, inputs.Release.Content, inputs.Release.ConfigurationDigest, [], inputs.Evidence.Listed, GateFixture.Other, GateEvents.DigestOf(report), report.Results));
    }

    private async Task<byte[]> MakeAsync(string more)
    {
        var evidence = new EvidenceFixture(new SignedEvidenceReader(TrustedRoot.Empty), new ReportEvidenceReader());
        await evidence.TakeAsync(SampleReports.Trivy());
        await evidence.TakeAsync(LocalProof.Signature(_signer), key: _signer.PublicPem);
        return (await LocalProof.WriteAsync(evidence, _signer, _plane, more: more)).File;
    }

    private static List<string> Told(byte[] file, VerificationPolicy policy, string? environment = null) =>
        [.. ReleaseProofVerifier.Verify(file, TrustedRoot.Empty, policy, EvidenceFixture.Now, environment).Steps.Select(step => $"{step.Link} {step.Outcome} {Hex().Replace(step.Detail, "HEX")}")];

    [GeneratedRegex("[0-9a-f]{8,}")]
    private static partial Regex Hex();
}
