using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Keys;
using Signalbox.Evidence.Verification.Provenance;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Evidence.Verification;

/// <summary>One verification: the bundle's cryptography first, then who signed, for which artifact, and what it says.</summary>
internal sealed class EvidenceCheck(TrustedRoot root, VerificationPolicy policy, DateTimeOffset now, ProofLog proof)
{
    public void Verify(ReadOnlyMemory<byte> bytes)
    {
        var file = JsonFields.Parse(bytes, "the bundle");
        if (file.Has("attestations")) new PackageCheck(root, policy, now, proof).Verify(file);
        else if (file.Has("payload") && file.Has("payloadType")) VerifyBundle(Bare(file), "an envelope without verification material");
        else VerifyBundle(BundleReader.Read(file));
    }

    // an envelope outside a bundle carries no proof from a log and no certificate: a given key is all it can be held against
    private static SigstoreBundle Bare(JsonFields file) => new(BundleVersion.V03, new("", [], [], []), BundleReader.ReadEnvelope(file));

    private void VerifyBundle(SigstoreBundle bundle) => VerifyBundle(bundle, $"a Sigstore bundle {Version(bundle)}");

    private void VerifyBundle(SigstoreBundle bundle, string kind)
    {
        proof.Proven($"{kind}, {(bundle.Content is DsseEnvelope ? "a signed statement" : "a signed message")}");
        if (bundle.Material is { Entries: [], Certificates: [], Timestamps: [], KeyHint: "" } && Keys().Count == 0)
            throw new Refusal(VerificationError.NoLogProof, "the file has no proof from a transparency log");
        var signer = VerifySigned(bundle, DataOf(bundle.Content));
        if (bundle.Content is DsseEnvelope envelope) CheckStatement(envelope, signer);
        else CheckMessage((SignedMessage)bundle.Content, signer);
    }

    private static string Version(SigstoreBundle bundle) => bundle.Version switch { BundleVersion.V01 => "0.1", BundleVersion.V02 => "0.2", _ => "0.3" };

    /// <summary>The cryptography, and that one of the expected signed; what was signed is for the caller to judge.</summary>
    public ProvenSigner VerifySigned(SigstoreBundle bundle, SignedData data)
    {
        var check = new BundleCheck(root, policy, now, proof);
        var keys = Keys();
        // where only keys are trusted, a certificate is no way around them, whatever was built with it
        var keysOnly = keys.Count > 0 && policy.Signers.All(expected => expected.Key is not null);
        if (keysOnly || (keys.Count > 0 && bundle.Material.Certificates.Count == 0)) return check.Verify(bundle, KeyFor(bundle, keys, data), data);
        var signer = check.Verify(bundle, null, data);
        CheckIdentity(signer);
        return signer;
    }

    private List<VerificationKey> Keys() => [.. policy.Signers.Where(signer => signer.Key is not null).Select(signer => signer.Key!.Key)];

    // the one that the signature holds under; the last is tried for its message where none does
    private static VerificationKey KeyFor(SigstoreBundle bundle, List<VerificationKey> keys, SignedData data)
    {
        var signature = bundle.Content is DsseEnvelope envelope ? envelope.Signature : ((SignedMessage)bundle.Content).Signature;
        return keys.Find(key => key.Schemes.Any(scheme => key.Verify(scheme, data, signature))) ?? keys[^1];
    }

    private SignedData DataOf(BundleContent content) => content switch
    {
        DsseEnvelope envelope => SignedData.Of(envelope.PreAuthenticationEncoding()),
        _ when policy.ArtifactBytes is { } bytes => SignedData.Of(bytes),
        _ => SignedData.OfHashes(policy.Artifact.Select(digest => (HashNames.FromDigest(digest.Algorithm)!.Value, Convert.FromHexString(digest.Hex)))),
    };

    private void CheckIdentity(ProvenSigner signer)
    {
        if (signer.Certificate is not { } certificate) return;
        proof.Enter("signer");
        var identity = SigningIdentity.Read(certificate);
        proof.Facts = proof.Facts with { Signer = identity.Name, Issuer = identity.Issuer, SourceRepository = identity.SourceRepository };
        var expected = policy.Signers.Where(e => e.Name is not null).ToList();
        if (expected.Count == 0 && policy is { Provenance: null, AnySigner: false })
            throw new Refusal(VerificationError.NoExpectation, $"signed by {JsonFields.Shown(identity.Name)}, vouched for by {JsonFields.Shown(identity.Issuer)}; nothing says whom to expect");
        if (expected.Count > 0) SignerMatch.Verify(identity, expected);
        proof.Proven($"{JsonFields.Shown(identity.Name)}, vouched for by {JsonFields.Shown(identity.Issuer)}");
        if (policy.Provenance is null && identity.SourceRepository is { } source && SourceRepositories.IsWorkflow(identity.Name) && !SourceRepositories.Has(source, identity.Name))
            proof.NotAsked("source", $"it ran for {JsonFields.Shown(source)}, which called the workflow of another repository, as anybody may call a public one; --source demands one");
    }

    /// <summary>
    /// Of a plain signature the certificate says whose run made it: that meets the demand for a source where a signer is named too.
    /// What else is asked of provenance it cannot meet.
    /// </summary>
    internal void CheckSource(ProvenSigner signer, string what)
    {
        if (policy.Provenance is not { } asked) return;
        var onlySource = asked is { Branch: null, Tag: null, VersionedTag: null, BuilderId: null, MinimumLevel: 0, Package: null, Inputs.Count: 0 };
        if (!onlySource || signer.Certificate is not { } certificate || !policy.Signers.Any(expected => expected.Name is not null))
            throw new Refusal(VerificationError.InvalidDssePayload, $"{what}; a signature meets --source alone, and with --identity");
        proof.Enter("source");
        ProvenanceCheck.CheckSameSource(SigningIdentity.Read(certificate), asked.Source);
        proof.Proven($"signed in a run of {JsonFields.Shown(asked.Source)}");
    }

    /// <summary>The signature already held over the artifact; the digest that the bundle hints at must agree with it.</summary>
    private void CheckMessage(SignedMessage message, ProvenSigner signer)
    {
        proof.Enter("artifact");
        CheckSource(signer, "a message was signed, not provenance");
        proof.Enter("artifact");
        if (message.Digest is { } hint && (HashNames.FromProtobuf(message.DigestAlgorithm!) is not { } algorithm || DataOf(message).Hash(algorithm) is not { } own || !own.AsSpan().SequenceEqual(hint)))
            throw new Refusal(VerificationError.MismatchHash, "the bundle's message digest is not the artifact's");
        proof.Proven($"the signature is over {Compared(message, signer)?.ToString() ?? "the artifact"}");
    }

    /// <summary>Of several digests that were given, the one that the signature is over: nothing was compared with the others.</summary>
    private ArtifactDigest? Compared(SignedMessage message, ProvenSigner signer)
    {
        if (policy.Artifact.Count < 2 || policy.ArtifactBytes is not null) return policy.Artifact is [var first, ..] ? first : null;
        var held = signer.Key.Schemes.First(scheme => signer.Key.Verify(scheme, DataOf(message), message.Signature));
        return policy.Artifact.FirstOrDefault(digest => HashNames.FromDigest(digest.Algorithm) == held.Hash());
    }

    private void CheckStatement(DsseEnvelope envelope, ProvenSigner signer)
    {
        proof.Enter("artifact");
        var statement = Statement.Read(envelope);
        proof.Facts = proof.Facts with { PredicateType = statement.PredicateType, Subjects = statement.Subjects };
        if (policy.Provenance is { } provenance)
        {
            if (provenance.Package is not null) throw new Refusal(VerificationError.InvalidFormat, "the file is no list of package attestations, and a package's registry attests in one");
            if (signer.Certificate is not { } certificate) throw new Refusal(VerificationError.NotSupported, "provenance signed with a plain key names no builder");
            new ProvenanceCheck(provenance, policy.Artifact, proof).Verify(statement, SigningIdentity.Read(certificate));
        }
        else if (policy.Artifact.Count == 0)
        {
            proof.NotAsked("artifact", $"no artifact was given; the statement is about {statement.Subjects.Count} subjects");
        }
        else
        {
            var subject = statement.Find(policy.Artifact)
                ?? throw new Refusal(VerificationError.MismatchHash, $"no subject of the statement has the digest {policy.Artifact[0]}");
            proof.Proven($"{JsonFields.Shown(subject.Name)} has the digest {policy.Artifact.First(digest => subject.Digests.ContainsKey(digest.Algorithm))}");
        }
    }
}
