using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Delivery;
using Signalbox.Evidence;
using Signalbox.Evidence.Signing;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Notation;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Gates;
using Signalbox.Gates.Proofs;
using Signalbox.Tests.Evidence;
using Signalbox.Tests.Evidence.Verification;
using Signalbox.Tests.Evidence.Verification.Local;
using Signalbox.Tests.Evidence.Verification.Notation;

namespace Signalbox.Tests.Gates;

/// <summary>A control plane that lies: everything in its proof is signed with the right key and fits, but for one thing.</summary>
public sealed class ReleaseProofForgeryTests : IDisposable
{
    private readonly SigningKey _plane = SigningKey.Create(), _signer = SigningKey.Create();

    public void Dispose()
    {
        _plane.Dispose();
        _signer.Dispose();
    }

    [Theory]
    [InlineData("proof", "the proof says nothing")]
    [InlineData("summary", "the summary says nothing")]
    public async Task StatementThatSaysNothing_IsRefused(string part, string reason) => Refused(await ResignedAsync(part, statement => statement.Remove("predicate")), reason);

    [Theory]
    [InlineData("proof", "urn:signalbox:release-proof:v1")]
    [InlineData("summary", "https://slsa.dev/verification_summary/v1")]
    public async Task StatementOfAnotherKind_IsRefused(string part, string expected) =>
        Refused(await ResignedAsync(part, statement => statement["predicateType"] = "https://example.com/x"), $"a statement of the proof is https://example.com/x; expected {expected}");

    [Fact]
    public async Task StatementsThatTradePlaces_AreRefused()
    {
        var file = JsonNode.Parse((await MakeAsync()).File)!.AsObject();
        (file["proof"], file["summary"]) = (file["summary"]!.DeepClone(), file["proof"]!.DeepClone());
        Refused(Utf8(file), "expected urn:signalbox:release-proof:v1");
    }

    [Theory]
    [InlineData("proof")]
    [InlineData("summary")]
    public async Task StatementAboutSomethingElse_IsRefused(string part)
    {
        const string Reason = "a statement of the proof is about something else than the decision";
        Refused(await ResignedAsync(part, statement => statement["subject"]![0]!["name"] = "api"), Reason);
        Refused(await ResignedAsync(part, statement => statement["subject"]![0]!["digest"]!["sha256"] = EvidenceFixture.Other.Hex), Reason);
        Refused(await ResignedAsync(part, statement => statement["subject"]![0]!["digest"]!["sha512"] = new string('a', 128)), Reason);
        Refused(await ResignedAsync(part, statement => statement["subject"]![0]!["digest"] = new JsonObject { ["sha512"] = new string('a', 128) }), Reason);
        Refused(await ResignedAsync(part, statement => statement["subject"]!.AsArray().RemoveAt(1)), Reason);
        Refused(await ResignedAsync(part, statement => statement["subject"]!.AsArray().Add(statement["subject"]![0]!.DeepClone())), Reason);
    }

    [Fact]
    public async Task Summary_ThatSaysMoreOrLess_IsRefused()
    {
        (Action<JsonObject> Edit, string Reason)[] lies =
        [
            (summary => summary["verificationResult"] = "FAILED", "the summary says something else than the decision"),
            (summary => summary["resourceUri"] = "urn:signalbox:release:shop-1:staging", "the summary is about another release or environment"),
            (summary => summary["verifiedLevels"] = new JsonArray("SLSA_BUILD_LEVEL_3"), "the summary claims another level than the provenance proves (SLSA_BUILD_LEVEL_UNEVALUATED)"),
            (summary => summary["verifiedLevels"] = new JsonArray("SLSA_BUILD_LEVEL_UNEVALUATED", "SLSA_BUILD_LEVEL_3"), "the summary claims another level"),
            (summary => summary["verifiedLevels"] = new JsonArray(), "the summary claims another level"),
            (summary => summary["verifiedLevels"] = new JsonArray(3), "the summary claims another level"),
            (summary => summary["inputAttestations"] = new JsonArray(), "the summary tells something else than the decision"),
            (summary => summary["timeVerified"] = "2026-11-26T12:00:01Z", "the summary tells something else than the decision"),
            (summary => summary["verifier"]!["id"] = "urn:signalbox:ledger-key:sha256:00", "the summary tells something else than the decision"),
            (summary => summary["signalbox_warned"] = new JsonArray(), "the summary tells something else than the decision"),
            (summary => summary["more"] = true, "the summary tells something else than the decision"),
        ];
        foreach (var (edit, reason) in lies) Refused(await ResignedAsync("summary", statement => edit(statement["predicate"]!.AsObject())), reason);
    }

    [Fact]
    public async Task Decision_OfAnotherReleaseOrReport_IsRefused()
    {
        Refused(await ResignedAsync("proof", statement => statement["predicate"]!["decision"]!["release"] = "shop-9"), "decided again on what is in the proof, the gates say something else (Allow)");
        Refused(await ResignedAsync("proof", statement => statement["predicate"]!["decision"]!["report"] = EvidenceFixture.Other.Value), "the gates say something else (Allow)");
        Refused(await ResignedAsync("proof", statement => statement["predicate"]!["decision"] = null), "decision");
        Refused(await ResignedAsync("proof", statement => statement["predicate"]!["decision"]!["inputs"] = EvidenceFixture.Other.Value), "the decision's inputs are not in the proof, or are not what their digest says");
    }

    /// <summary>What reads the same and has other bytes is not what was decided on.</summary>
    [Fact]
    public async Task InputsThatAreSpeltAnew_AreNotTheInputs()
    {
        var made = await MakeAsync();
        var file = JsonNode.Parse(made.File)!.AsObject();
        var inputs = Convert.FromBase64String((string)file["contents"]![made.Decision.Inputs.Value]!);
        file["contents"]![made.Decision.Inputs.Value] = Convert.ToBase64String([.. inputs, (byte)' ']);
        Refused(Utf8(file), "the decision's inputs are not in the proof, or are not what their digest says");
    }

    [Fact]
    public async Task Content_UnderAnothersDigest_IsRefused()
    {
        var made = await MakeAsync();
        var file = JsonNode.Parse(made.File)!.AsObject();
        var record = made.Evidence.Index.List(1)[0];
        file["contents"]![record.Content.Digest.Value] = Convert.ToBase64String("other"u8);
        Refused(Utf8(file), $"a content of the proof is not what its digest {record.Content.Digest} says");
        file["contents"]!.AsObject().Remove(record.Content.Digest.Value);
        Refused(Utf8(file), "the proof lacks a content that it names, or has one that it does not name");
    }

    [Fact]
    public async Task Member_ThatNobodyUnderstands_IsRefused()
    {
        var file = JsonNode.Parse((await MakeAsync()).File)!.AsObject();
        file["more"] = true;
        Refused(Utf8(file), "the proof has a field 'more' that is not understood");
        file.Remove("more");
        file["mediaType"] = "application/vnd.signalbox.release-proof.v2+json";
        Refused(Utf8(file), "the file is no application/vnd.signalbox.release-proof.v1+json");
    }

    [Fact]
    public async Task Release_ThatIsNotWhatItsDigestSays_IsRefused()
    {
        const string Reason = "the release or its configuration is not what its digest says";
        Refused(await ForgedAsync(kept => kept with { Release = kept.Release with { Content = EvidenceFixture.Other } }), Reason);
        Refused(await ForgedAsync(kept => kept with { Release = kept.Release with { Application = "mail" } }), Reason);
        Refused(await ForgedAsync(kept => kept with { Release = kept.Release with { ConfigurationDigest = EvidenceFixture.Other } }), Reason);
        Refused(await ForgedAsync(kept => kept with { Release = kept.Release with { Configuration = kept.Release.Configuration with { Target = "container" } } }), Reason);
        Assert.True(Verify(await ForgedAsync(kept => kept)).Accepted);
    }

    [Fact]
    public async Task SignedEvidence_OfNobody_IsRefused()
    {
        Refused(await ForgedAsync(kept => kept, (record, facts) => record.Kind == EvidenceKind.Signature ? facts with { Signer = null } : facts), "names no signer");
        Refused(await ForgedAsync(kept => kept with { Unreadable = [kept.Records.Single(record => record.Kind == EvidenceKind.Signature).Id] }), "names no signer");
    }

    /// <summary>What the certificate proves is held against what the decision says of it, whatever pattern that is.</summary>
    [Fact]
    public async Task SignedEvidence_OfAnotherSigner_Run_OrBuild_IsRefused()
    {
        var (instance, key) = (new LocalSigstore(), LocalKey.P256());
        var statement = LocalStatements.Statement(LocalSamples.SlsaOne, LocalStatements.WorkflowProvenance(LocalSigstore.Workflow), ("web", "sha256", EvidenceFixture.Subject.Hex));
        var bundle = new LocalBundle(instance, key) { Entry = EntryKind.Dsse, Certificate = instance.Certify(key, LocalSigstore.Workflow, LocalSigstore.GitHubClaims()) }.Envelope(statement);
        var root = instance.TrustedRoot();
        (Func<ProvenanceFact, ProvenanceFact> Edit, string? Reason)[] lies =
        [
            (facts => facts, null),
            (facts => facts with { Signer = facts.Signer! with { Identity = "https://github.com/acme/*" } }, $"is signed by '{LocalSigstore.Workflow}', the decision says by 'https://github.com/acme/*'"),
            (facts => facts with { Signer = facts.Signer! with { Identity = "https://github.com/evil/*" } }, "does not hold: "),
            (facts => facts with { Signer = facts.Signer! with { Issuer = "https://issuer" } }, "does not hold: "),
            (facts => facts with { Signer = facts.Signer! with { Source = "https://github.com/acme/other" } }, "was signed in a run of 'https://github.com/acme/app', the decision says of 'https://github.com/acme/other'"),
            (facts => facts with { Signer = facts.Signer! with { Source = null } }, null),
            (facts => facts with { Level = 3 }, "proves another build than the decision was made on"),
            (facts => facts with { Level = 1 }, null),
            (facts => facts with { Commit = null }, "proves another build than the decision was made on"),
            (facts => facts with { Names = [EvidenceFixture.Other] }, "does not hold: "),
            (facts => facts with { Names = [] }, null),
        ];
        foreach (var (edit, reason) in lies)
        {
            var file = await ForgedAsync(kept => kept, (_, facts) => facts is ProvenanceFact provenance ? edit(provenance) : facts, bundle, root);
            if (reason is not null) Refused(file, reason, root);
            else Assert.True(Verify(file, root).Accepted, Verify(file, root).Reason);
        }
    }

    /// <summary>A Notation signature is held against the very root that the decision names.</summary>
    [Fact]
    public async Task NotationSignature_UnderAnotherRoot_IsRefused()
    {
        var notary = new NotationSigner(from: EvidenceFixture.Now.AddDays(-1), to: EvidenceFixture.Now.AddDays(1));
        var envelope = new LocalNotation(notary)
        {
            SigningTime = EvidenceFixture.Now,
            Payload = $$$"""{"targetArtifact":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{{EvidenceFixture.Subject}}}","size":42}}""",
        }.Jws();
        var trust = new NotationTrust(
            NotationPolicy.Read("""{"version":"1.0","trustPolicies":[{"name":"all","registryScopes":["*"],"signatureVerification":{"level":"strict"},"trustStores":["ca:acme"],"trustedIdentities":["*"]}]}"""u8.ToArray()), (_, _) => [notary.Root]);
        Task<byte[]> Told(Func<Signer, Signer> edit) => ForgedAsync(kept => kept, (_, facts) => facts.Signer is { Key: null } signer ? facts with { Signer = edit(signer) } : facts, envelope, notation: trust);
        var right = Verify(await Told(signer => signer));
        Assert.True(right.Accepted, right.Reason);
        Refused(await Told(signer => signer with { Issuer = "x509:sha256:" + new string('0', 64) }), "does not hold: ");
        Refused(await Told(signer => signer with { Issuer = signer.Issuer!["x509:sha256:".Length..] }), "does not hold: ");
        Refused(await Told(signer => signer with { Issuer = null }), "does not hold: ");
        Refused(await Told(signer => signer with { Identity = "CN=other" }), "signature ");
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("level", false)]
    [InlineData("lower", true)]
    [InlineData("builder", false)]
    [InlineData("type", false)]
    [InlineData("source", false)]
    [InlineData("ref", false)]
    [InlineData("commit", false)]
    public void Build_IsBacked_WhereEachOfItsPartsIs(string other, bool backed)
    {
        var claimed = new ProvenanceFact(2, "b", "t", "s", "r", "c", []) { Signer = new(null, "x", "y") };
        claimed = other switch
        {
            "level" => claimed with { Level = 3 },
            "lower" => claimed with { Level = 1 },
            "builder" => claimed with { Builder = "other" },
            "type" => claimed with { BuildType = "other" },
            "source" => claimed with { Source = "other" },
            "ref" => claimed with { Ref = "other" },
            "commit" => claimed with { Commit = "other" },
            _ => claimed,
        };
        Assert.Equal(backed, ProofEvidence.Backs(new("b", "t", "s", "r", "c", 2), claimed));
        // a key proves no build: the policy says of what level it is
        Assert.True(ProofEvidence.Backs(null, claimed with { Signer = new(EvidenceFixture.Other) }));
    }

    /// <summary>As the control plane makes it: by a policy that asks for a scan and a signature.</summary>
    private async Task<(byte[] File, EvidenceFixture Evidence, GateDecided Decision)> MakeAsync(byte[]? attestation = null, TrustedRoot? root = null, NotationTrust? notation = null)
    {
        var evidence = new EvidenceFixture(new NotationEvidenceReader(() => notation), new SignedEvidenceReader(root ?? TrustedRoot.Empty), new ReportEvidenceReader());
        if (attestation is not null) await evidence.TakeAsync(attestation);
        await evidence.TakeAsync(SampleReports.Trivy());
        await evidence.TakeAsync(LocalProof.Signature(_signer), key: _signer.PublicPem);
        var (file, decision) = await LocalProof.WriteAsync(evidence, _signer, _plane);
        return (file, evidence, decision);
    }

    /// <summary>One of the two statements changed, and signed anew.</summary>
    private async Task<byte[]> ResignedAsync(string part, Action<JsonObject> edit)
    {
        var file = JsonNode.Parse((await MakeAsync()).File)!.AsObject();
        var statement = JsonNode.Parse(Convert.FromBase64String((string)file[part]!["payload"]!))!.AsObject();
        edit(statement);
        var bytes = Utf8(statement);
        file[part] = new JsonObject
        {
            ["payloadType"] = "application/vnd.in-toto+json",
            ["payload"] = Convert.ToBase64String(bytes),
            ["signatures"] = new JsonArray(new JsonObject { ["keyid"] = "", ["sig"] = Convert.ToBase64String(_plane.Sign(SignedContent.Statement(bytes).Signed)) }),
        };
        return Utf8(file);
    }

    /// <summary>A proof of a decision that was really made, on inputs and facts that were not.</summary>
    private async Task<byte[]> ForgedAsync(Func<KeptInputs, KeptInputs> edit, Func<EvidenceRecord, EvidenceFacts, EvidenceFacts>? read = null, byte[]? attestation = null, TrustedRoot? root = null, NotationTrust? notation = null)
    {
        var (_, evidence, decision) = await MakeAsync(attestation, root, notation);
        var kept = edit(GateEvents.Read((await evidence.Store.ReadAsync(decision.Inputs, 1 << 20, default))!)!);
        var items = new List<EvidenceItem>();
        foreach (var (record, facts) in await GateArchive.LoadAsync(evidence.Store, kept.Records, kept.Unreadable, default))
        {
            var told = facts is null || read is null ? facts : read(record, facts);
            items.Add(new(told is null ? record : record with { Facts = (await evidence.Store.AddAsync(EvidenceFactsText.Canonical(told), default)).Digest }, told));
        }
        var inputs = kept.With(items);
        var canonical = GateEvents.Canonical(inputs);
        await evidence.Store.AddAsync(canonical, default);
        var report = GateDecision.Decide(inputs);
        var forged = decision with
        {
            Content = inputs.Release.Content,
            Configuration = inputs.Release.ConfigurationDigest,
            Verdict = report.Verdict,
            Inputs = Digest.Of(canonical),
            Report = GateEvents.DigestOf(report),
            Results = report.Results,
        };
        return await ReleaseProof.WriteAsync(new(forged, 1, "alice", "0:0"), evidence.Store, _plane, default);
    }

    private VerificationResult Verify(byte[] file, TrustedRoot? root = null) =>
        ReleaseProofVerifier.Verify(file, root ?? TrustedRoot.Empty, new() { Signers = [LocalProof.Holder(_plane), LocalProof.Holder(_signer)] }, EvidenceFixture.Now);

    private void Refused(byte[] file, string reason, TrustedRoot? root = null)
    {
        var result = Verify(file, root);
        Assert.Equal((false, VerificationError.BadBundle), (result.Accepted, result.Error));
        Assert.Contains(reason, result.Reason, StringComparison.Ordinal);
    }

    private static byte[] Utf8(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());
}
