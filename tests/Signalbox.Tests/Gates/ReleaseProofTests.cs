using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Evidence;
using Signalbox.Evidence.Signing;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Notation;
using Signalbox.Evidence.Verification.Provenance;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Gates;
using Signalbox.Gates.Proofs;
using Signalbox.Tests.Evidence;
using Signalbox.Tests.Evidence.Verification;
using Signalbox.Tests.Evidence.Verification.Local;
using Signalbox.Tests.Evidence.Verification.Notation;

namespace Signalbox.Tests.Gates;

/// <summary>A release's proof in one file, checked where nothing but the file and a key is known.</summary>
public sealed class ReleaseProofTests : IDisposable
{
    private static readonly EnvironmentConfiguration s_configuration = LocalProof.Configuration;
    private static readonly DateTimeOffset s_now = EvidenceFixture.Now;

    private readonly SigningKey _plane = SigningKey.Create(), _signer = SigningKey.Create();

    public void Dispose()
    {
        _plane.Dispose();
        _signer.Dispose();
    }

    private static Release Release(string id) => LocalProof.Release(id);

    private static NotationSigner Notary => new(from: s_now.AddDays(-1), to: s_now.AddDays(1));

    private static byte[] Notation(NotationSigner signer) => new LocalNotation(signer)
    {
        SigningTime = s_now,
        Payload = $$$"""{"targetArtifact":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{{EvidenceFixture.Subject}}}","size":42}}""",
    }.Jws();

    private static NotationTrust Trust(NotationSigner signer) => new(
        NotationPolicy.Read("""{"version":"1.0","trustPolicies":[{"name":"all","registryScopes":["*"],"signatureVerification":{"level":"strict"},"trustStores":["ca:acme"],"trustedIdentities":["*"]}]}"""u8.ToArray()), (_, _) => [signer.Root]);

    private sealed record Made(byte[] File, EvidenceFixture Evidence, GateDecided Decision);

    private async Task<Made> MakeAsync(string id = "shop-1", bool denied = false, Func<GateDecided, GateDecided>? lie = null, NotationSigner? notary = null, byte[]? attestation = null, TrustedRoot? root = null, SigningKey? by = null, Release? release = null, string more = "")
    {
        var evidence = new EvidenceFixture(new NotationEvidenceReader(() => notary is null ? null : Trust(notary)), new SignedEvidenceReader(root ?? TrustedRoot.Empty), new ReportEvidenceReader());
        if (notary is not null) await evidence.TakeAsync(Notation(notary));
        if (attestation is not null) await evidence.TakeAsync(attestation);
        await evidence.TakeAsync(SampleReports.Trivy(denied ? "CVE-2026-1" : null));
        await evidence.TakeAsync(LocalProof.Signature(_signer), key: _signer.PublicPem);
        var (file, decided) = await LocalProof.WriteAsync(evidence, _signer, by ?? _plane, id, lie, release, more);
        return new(file, evidence, decided);
    }

    private VerificationResult Verify(byte[] file, VerificationPolicy? policy = null) =>
        ReleaseProofVerifier.Verify(file, TrustedRoot.Empty, policy ?? new() { Signers = [Holder(_plane), Holder(_signer)] }, s_now);

    private static ExpectedSigner Holder(SigningKey key) => LocalProof.Holder(key);

    private void Refused(byte[] file, string saying, VerificationError error = VerificationError.BadBundle)
    {
        var result = Verify(file);
        Assert.False(result.Accepted);
        Assert.Contains(saying, result.Reason, StringComparison.Ordinal);
        Assert.Equal(error, result.Error);
    }

    [Fact]
    public async Task AllowedRelease_IsProvenLinkByLink()
    {
        var made = await MakeAsync();
        Assert.True(ReleaseProofVerifier.IsProof(made.File));
        var result = Verify(made.File, new() { Signers = [Holder(_plane), Holder(_signer)], Artifact = [new("sha256", EvidenceFixture.Subject.Hex)] });
        Assert.True(result.Accepted, result.Reason);
        Assert.Equal(["signature", "signature", "artifact", "contents", "decision", "summary", "evidence", "verdict"], result.Steps.Where(step => step.Outcome == LinkOutcome.Proven).Select(step => step.Link));
        Assert.Contains(result.Steps, step => step.Detail.StartsWith("the summary says PASSED, SLSA_BUILD_LEVEL_UNEVALUATED; ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Summary_IsASlsaVerificationSummary()
    {
        var made = await MakeAsync();
        var file = JsonNode.Parse(made.File)!;
        var statement = JsonNode.Parse(Convert.FromBase64String((string)file["summary"]!["payload"]!))!;
        Assert.Equal(("https://in-toto.io/Statement/v1", "https://slsa.dev/verification_summary/v1"), ((string?)statement["_type"], (string?)statement["predicateType"]));
        var summary = statement["predicate"]!;
        foreach (var field in new[] { "verifier", "timeVerified", "resourceUri", "policy", "inputAttestations", "verificationResult", "verifiedLevels", "slsaVersion" }) Assert.NotNull(summary[field]);
        var inputs = GateEvents.Read((await made.Evidence.Store.ReadAsync(made.Decision.Inputs, 1 << 20, default))!)!;
        var signed = inputs.Records.Single(record => record.Verification.Verdict == VerificationVerdict.Verified);
        var input = Assert.Single(summary["inputAttestations"]!.AsArray())!;
        Assert.Equal(($"urn:signalbox:evidence:{signed.Id}", signed.Content.Digest.Hex), ((string?)input["uri"], (string?)input["digest"]!["sha256"]));
        Assert.Equal($"urn:signalbox:ledger-key:sha256:{Digest.Of(_plane.Spki.Span).Hex}", (string?)summary["verifier"]!["id"]);
        Assert.Equal(made.Decision.Policies.Single(policy => policy.Digest is not null).Digest!.Value.Hex, (string?)summary["policy"]!["digest"]!["sha256"]);
    }

    /// <summary>PASSED says that nothing stopped it: what only warned is named wherever it is said that it passed.</summary>
    [Fact]
    public async Task GatesThatOnlyWarned_AreNamed()
    {
        var made = await MakeAsync(more: ", coverage: warn, tests: warn, sbom: off, provenance: off, secrets: off, health: off, rollback: off, sast: off, slo: off, alerts: off, selfService: off, freshness: off");
        Assert.Equal(GateVerdict.Allow, made.Decision.Verdict);
        Assert.Contains("\"signalbox_warned\":[\"coverage\",\"tests\"]", SummaryOf(made.File), StringComparison.Ordinal);
        var said = Verify(made.File).Steps.Where(step => step.Detail.EndsWith("; 2 gates only warned: coverage, tests", StringComparison.Ordinal)).Select(step => step.Link);
        Assert.Equal(["summary", "verdict"], said);
    }

    /// <summary>What does not hold is recorded, too, and is no input of what passed.</summary>
    [Fact]
    public async Task Summary_NamesWhatCountedAlone_AndEveryPolicy()
    {
        using var stranger = SigningKey.Create();
        var evidence = new EvidenceFixture(new SignedEvidenceReader(TrustedRoot.Empty), new ReportEvidenceReader());
        await evidence.TakeAsync(SampleReports.Trivy());
        await evidence.TakeAsync(LocalProof.Signature(stranger), key: _signer.PublicPem);
        await evidence.TakeAsync(LocalProof.Signature(_signer), key: _signer.PublicPem);
        var (file, decision) = await LocalProof.WriteAsync(evidence, _signer, _plane);
        Assert.Equal(3, decision.Evidence.Count);
        Assert.Single(JsonNode.Parse(SummaryOf(file))!["predicate"]!["inputAttestations"]!.AsArray());
        var two = decision with { Policies = [new("policy of production", EvidenceFixture.Subject), new("policy of shop/production", EvidenceFixture.Other)] };
        var inputs = GateEvents.Read((await evidence.Store.ReadAsync(decision.Inputs, 1 << 20, default))!)!;
        var pieces = new Dictionary<string, byte[]>();
        foreach (var digest in ReleaseProof.Needed(decision, inputs)) pieces[digest.Value] = (await evidence.Store.ReadAsync(digest, 1 << 20, default))!;
        var policy = ReleaseProof.Summary(two, inputs, pieces, EvidenceFixture.Subject)["policy"]!;
        Assert.Equal("urn:signalbox:policies:policy%20of%20production,policy%20of%20shop%2Fproduction", (string?)policy["uri"]);
        Assert.Equal([EvidenceFixture.Subject.Hex, EvidenceFixture.Other.Hex], policy["annotations"]!["policies"]!.AsArray().Select(one => (string?)one!["digest"]!["sha256"]));
        Assert.Equal(Digest.Of(CanonicalJson.Of(policy["annotations"]!["policies"]!)).Hex, (string?)policy["digest"]!["sha256"]);
    }

    /// <summary>A signed SBOM is evidence that proves itself again, too, and is not passed over.</summary>
    [Fact]
    public async Task SignedReport_IsVerifiedAgain_OrSaidNotToBe()
    {
        var evidence = new EvidenceFixture(new SignedEvidenceReader(TrustedRoot.Empty), new ReportEvidenceReader());
        await evidence.TakeAsync(SampleReports.Trivy());
        await evidence.TakeAsync(LocalProof.Signature(_signer), key: _signer.PublicPem);
        var statement = StatementWriter.Write([("web", new("sha256", EvidenceFixture.Subject.Hex))], "https://cyclonedx.org/bom", Encoding.UTF8.GetBytes(SampleReports.CycloneDx()));
        var envelope = new JsonObject
        {
            ["payloadType"] = "application/vnd.in-toto+json",
            ["payload"] = Convert.ToBase64String(statement),
            ["signatures"] = new JsonArray(new JsonObject { ["sig"] = Convert.ToBase64String(_signer.Sign(SignedContent.Statement(statement).Signed)) }),
        };
        await evidence.TakeAsync(Encoding.UTF8.GetBytes(envelope.ToJsonString()), key: _signer.PublicPem);
        var (file, _) = await LocalProof.WriteAsync(evidence, _signer, _plane);
        var steps = Verify(file).Steps.Where(step => step.Link == "evidence").ToList();
        Assert.Contains(steps, step => step.Outcome == LinkOutcome.Proven && step.Detail.StartsWith("sbom ", StringComparison.Ordinal));
        Assert.Contains(Verify(file, new() { Signers = [Holder(_plane)] }).Steps, step => step.Outcome == LinkOutcome.NotAsked && step.Detail.StartsWith("sbom ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Key_ThatIsNotExpected_IsRefused_AndWithoutOneNothingIsDecided()
    {
        var made = await MakeAsync();
        Assert.Equal(VerificationError.BadBundle, Verify(made.File, new() { Signers = [Holder(_signer)] }).Error);
        Assert.Equal(VerificationError.NoExpectation, Verify(made.File, new()).Error);
        // the evidence's own key is not given: said, and not held against the proof
        var result = Verify(made.File, new() { Signers = [Holder(_plane)] });
        Assert.True(result.Accepted, result.Reason);
        Assert.Contains(result.Steps, step => step is { Link: "evidence", Outcome: LinkOutcome.NotAsked });
    }

    /// <summary>A key that is given for evidence signs artifacts, and has no say in what gates decided.</summary>
    [Fact]
    public async Task KeyOfAnArtifact_SignsNoProof()
    {
        var made = await MakeAsync();
        Refused((await MakeAsync(by: _signer)).File, "not signed with the first key that was given");
        Assert.Equal(VerificationError.BadBundle, Verify(made.File, new() { Signers = [Holder(_signer), Holder(_plane)] }).Error);
    }

    /// <summary>The gates are asked about what the environment runs; what else a release has is no subject of their decision.</summary>
    [Fact]
    public async Task ArtifactThatNoServiceOfTheEnvironmentRuns_IsNoSubject()
    {
        var made = await MakeAsync(release: Release("shop-1") with { Artifacts = new Dictionary<string, Digest> { ["web"] = EvidenceFixture.Subject, ["extra"] = EvidenceFixture.Other } });
        Assert.Equal(GateVerdict.Allow, made.Decision.Verdict);
        var policy = new VerificationPolicy { Signers = [Holder(_plane), Holder(_signer)] };
        Assert.True(Verify(made.File, policy with { Artifact = [new("sha256", EvidenceFixture.Subject.Hex)] }).Accepted);
        Assert.Equal(VerificationError.MismatchHash, Verify(made.File, policy with { Artifact = [new("sha256", EvidenceFixture.Other.Hex)] }).Error);
        Assert.DoesNotContain(EvidenceFixture.Other.Hex, SummaryOf(made.File), StringComparison.Ordinal);
    }

    private static string SummaryOf(byte[] file) => Encoding.UTF8.GetString(Convert.FromBase64String((string)JsonNode.Parse(file)!["summary"]!["payload"]!));

    /// <summary>What staging let in, production did not.</summary>
    [Fact]
    public async Task Environment_ThatIsAskedFor_IsTheProofs()
    {
        var (file, policy) = ((await MakeAsync()).File, new VerificationPolicy { Signers = [Holder(_plane), Holder(_signer)] });
        Assert.True(ReleaseProofVerifier.Verify(file, TrustedRoot.Empty, policy, s_now, "production").Accepted);
        Assert.Equal(VerificationError.NotAllowed, ReleaseProofVerifier.Verify(file, TrustedRoot.Empty, policy, s_now, "staging").Error);
    }

    [Fact]
    public async Task DeniedRelease_IsNoProofThatItMayGo()
    {
        var made = await MakeAsync(denied: true);
        Assert.Equal(GateVerdict.Deny, made.Decision.Verdict);
        Refused(made.File, "did not allow shop-1", VerificationError.NotAllowed);
    }

    [Fact]
    public async Task ControlPlane_ThatSignsAnotherVerdictThanItsGatesHad_IsFoundOut()
    {
        Refused((await MakeAsync(denied: true, lie: decided => decided with { Verdict = GateVerdict.Allow })).File, "the gates say something else");
        Refused((await MakeAsync(lie: decided => decided with { Environment = "staging" })).File, "the gates say something else");
        Refused((await MakeAsync(lie: decided => decided with { Results = [] })).File, "the reasons that the proof tells");
        Refused((await MakeAsync(lie: decided => decided with { Evidence = [] })).File, "the evidence is not the decision's");
        Refused((await MakeAsync(lie: decided => decided with { At = decided.At.AddDays(1) })).File, "another release, configuration or time");
        Refused((await MakeAsync(lie: decided => decided with { Content = EvidenceFixture.Other })).File, "another release, configuration or time");
        Refused((await MakeAsync(lie: decided => decided with { Configuration = EvidenceFixture.Other })).File, "another release, configuration or time");
        Refused((await MakeAsync(lie: decided => decided with { Policies = [new("policy of production", EvidenceFixture.Other)] })).File, "the policies are not the decision's");
    }

    [Fact]
    public async Task PartsOfTwoProofs_MakeNoThird()
    {
        var (one, two) = (JsonNode.Parse((await MakeAsync()).File)!, JsonNode.Parse((await MakeAsync("shop-2")).File)!);
        foreach (var part in new[] { "proof", "summary", "contents" })
        {
            var mixed = one.DeepClone();
            mixed[part] = two[part]!.DeepClone();
            Assert.False(Verify(Encoding.UTF8.GetBytes(mixed.ToJsonString())).Accepted, part);
        }
    }

    [Fact]
    public async Task EachPart_LeftOutOrChanged_IsRefused()
    {
        var file = JsonNode.Parse((await MakeAsync()).File)!;
        foreach (var part in new[] { "mediaType", "proof", "summary", "contents" }) Without(file, part);
        foreach (var content in file["contents"]!.AsObject().Select(content => content.Key).ToList())
        {
            var changed = file.DeepClone();
            changed["contents"]!.AsObject().Remove(content);
            Assert.False(Verify(Encoding.UTF8.GetBytes(changed.ToJsonString())).Accepted, content);
            changed["contents"]![content] = Convert.ToBase64String("other"u8);
            Assert.False(Verify(Encoding.UTF8.GetBytes(changed.ToJsonString())).Accepted, content);
        }
        var more = file.DeepClone();
        more["contents"]![Digest.Of("more"u8).Value] = Convert.ToBase64String("more"u8);
        Refused(Encoding.UTF8.GetBytes(more.ToJsonString()), "one that it does not name");
    }

    private void Without(JsonNode file, string part)
    {
        var changed = file.DeepClone();
        changed.AsObject().Remove(part);
        Assert.False(Verify(Encoding.UTF8.GetBytes(changed.ToJsonString())).Accepted, part);
    }

    /// <summary>Every byte but those of the keys' hints, which decide nothing.</summary>
    [Fact]
    public async Task EachByte_ThatIsChanged_IsRefused()
    {
        var file = (await MakeAsync()).File;
        var hint = Encoding.UTF8.GetBytes(Digest.Of(_plane.Spki.Span).Value);
        var hints = Enumerable.Range(0, file.Length).Where(at => file.AsSpan(at).StartsWith(hint)).ToList();
        Assert.Equal(2, hints.Count);
        for (var i = 0; i < file.Length; i++)
        {
            if (hints.Exists(at => i >= at && i < at + hint.Length)) continue;
            var changed = (byte[])file.Clone();
            changed[i] ^= 1;
            Assert.False(Verify(changed).Accepted, $"byte {i}: {Encoding.ASCII.GetString(file, Math.Max(0, i - 20), 40 < file.Length - i ? 40 : file.Length - i)}");
        }
    }

    [Fact]
    public async Task NotationSignature_ProvesItselfByItsRoot()
    {
        var notary = Notary;
        var made = await MakeAsync(notary: notary);
        var result = Verify(made.File);
        Assert.True(result.Accepted, result.Reason);
        Assert.Contains(result.Steps, step => step is { Link: "evidence", Outcome: LinkOutcome.Proven } && step.Detail.Contains("CN=e2e", StringComparison.Ordinal));
    }

    /// <summary>What an attestation proves is proven again: a control plane that writes a higher level down is found out.</summary>
    [Fact]
    public async Task Provenance_ProvesItsLevelAgain()
    {
        var instance = new LocalSigstore();
        var key = LocalKey.P256();
        var statement = LocalStatements.Statement(LocalSamples.SlsaOne, LocalStatements.WorkflowProvenance(LocalSigstore.Workflow), ("web", "sha256", EvidenceFixture.Subject.Hex));
        var bundle = new LocalBundle(instance, key) { Entry = EntryKind.Dsse, Certificate = instance.Certify(key, LocalSigstore.Workflow, LocalSigstore.GitHubClaims()) }.Envelope(statement);
        var root = instance.TrustedRoot();
        var made = await MakeAsync(attestation: bundle, root: root, more: ", provenance: { sources: [github.com/acme/app] }");
        // what no policy let count is of no level
        foreach (var more in new[] { "", ", provenance: { mode: warn, sources: [github.com/evil/x] }", ", provenance: off" })
            Assert.Contains("SLSA_BUILD_LEVEL_UNEVALUATED", SummaryOf((await MakeAsync(attestation: bundle, root: root, more: more)).File), StringComparison.Ordinal);
        VerificationResult Verify(byte[] file) => ReleaseProofVerifier.Verify(file, root, new() { Signers = [Holder(_plane), Holder(_signer)] }, s_now);
        var result = Verify(made.File);
        Assert.True(result.Accepted, result.Reason);
        Assert.Contains(result.Steps, step => step.Detail.StartsWith("the summary says PASSED, SLSA_BUILD_LEVEL_2; ", StringComparison.Ordinal));
        var raised = ProofEvidence.Backs(new BuildFacts("b", "t", "s", null, null, 2), new ProvenanceFact(3, "b", "t", "s", null, null, []) { Signer = new(null, "x", "y") });
        Assert.False(raised);
        Assert.True(ProofEvidence.Backs(new BuildFacts("b", "t", "s", null, null, 2), new ProvenanceFact(1, "b", "t", "s", null, null, []) { Signer = new(null, "x", "y") }));
        Assert.False(ProofEvidence.Backs(null, new ProvenanceFact(0, "b", "t", "s", null, null, []) { Signer = new(null, "x", "y") }));
        Assert.True(ProofEvidence.Backs(null, new SignatureFact("sigstore")));
    }

    [Fact]
    public async Task Demand_ThatAProofCannotMeet_IsNotPassedOver()
    {
        var made = await MakeAsync();
        var policy = new VerificationPolicy { Signers = [Holder(_plane), Holder(_signer)] };
        foreach (var asked in new[] { policy with { RequireLog = true }, policy with { Provenance = new("github.com/acme/app") }, policy with { Witnesses = new([], 1) } })
            Assert.Equal(VerificationError.NotSupported, Verify(made.File, asked).Error);
    }

    [Fact]
    public async Task WhatIsLost_MakesNoProof()
    {
        var made = await MakeAsync();
        foreach (var record in made.Evidence.Index.List(10))
        {
            made.Evidence.Store.Replace(record.Content.Digest, null);
            var e = await Assert.ThrowsAsync<ReleaseProofException>(() => ReleaseProof.WriteAsync(new(made.Decision, 1, "alice", "0:0"), made.Evidence.Store, _plane, default));
            Assert.Equal("evidence-content-lost", e.Id);
        }
    }

    /// <summary>A stranger's report, however large, keeps nobody from a proof: it was not decided by.</summary>
    [Fact]
    public async Task WhatNobodyListenedTo_IsNoPartOfTheProof()
    {
        var evidence = new EvidenceFixture(new SignedEvidenceReader(TrustedRoot.Empty), new ReportEvidenceReader());
        await evidence.TakeAsync(SampleReports.Trivy());
        await evidence.TakeAsync(LocalProof.Signature(_signer), key: _signer.PublicPem);
        await evidence.TakeAsync(SampleReports.Lcov, by: "mallory");
        var (content, bytes) = (Digest.Of(Encoding.UTF8.GetBytes(SampleReports.Lcov)), Encoding.UTF8.GetBytes(SampleReports.Lcov));
        evidence.Store.Replace(content, null);
        var (file, decision) = await LocalProof.WriteAsync(evidence, _signer, _plane, more: " }\nevidenceFrom: [ci] #");
        Assert.Equal(3, decision.Evidence.Count);
        Assert.True(Verify(file).Accepted, Verify(file).Reason);
        Assert.DoesNotContain(content.Hex, string.Join(' ', JsonNode.Parse(file)!["contents"]!.AsObject().Select(piece => piece.Key)), StringComparison.Ordinal);
        // as versions before wrote it
        var before = JsonNode.Parse(file)!;
        before["contents"]![content.Value] = Convert.ToBase64String(bytes);
        Assert.True(Verify(Encoding.UTF8.GetBytes(before.ToJsonString())).Accepted);
    }

    [Theory]
    [InlineData(10, 30, "yes", "web: up to 30 s to drain, then SIGTERM and 10 s to end")]
    [InlineData(0, 30, "no", "web is killed at once; expected stop.grace above 0")]
    [InlineData(10, 0, "no", "web gets no time to finish its requests; expected stop.drain above 0")]
    public async Task GracefulShutdown_IsReadFromTheConfiguration(int grace, int drain, string state, string because)
    {
        var service = s_configuration.Services[0] with { Name = "web", StopGrace = TimeSpan.FromSeconds(grace), DrainTimeout = TimeSpan.FromSeconds(drain) };
        var release = Release("shop-1") with { Environments = [s_configuration with { Services = [service] }] };
        var check = Assert.Single(ReleaseChecks.Of(new(1, "shop/production", "alice", (await MakeAsync()).Decision), [], release).Checklist, check => check.Name == "graceful shutdown");
        Assert.Equal((state, because), (check.State, check.Because));
        var unknown = ReleaseChecks.Of(new(1, "shop/production", "alice", (await MakeAsync()).Decision), [], null).Checklist.Single(check => check.Name == "graceful shutdown");
        Assert.Equal("unknown", unknown.State);
    }
}
