using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Keys;
using Signalbox.Evidence.Verification.Log;
using Signalbox.Evidence.Verification.Timestamps;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Evidence.Verification;

/// <summary>Who is proven to have signed: the certificate is null for a plain key.</summary>
internal sealed record ProvenSigner(VerificationKey Key, Certificate? Certificate);

/// <summary>
/// Verifies the cryptography of one bundle, link by link (Sigstore client specification, "Verification"): when it was
/// signed, that the signer's certificate was issued then and is publicly logged, that a log holds this signature, and
/// that the signature is over this content. What the content says is for others to judge.
/// </summary>
internal sealed class BundleCheck(TrustedRoot root, VerificationPolicy policy, DateTimeOffset now, ProofLog proof)
{
    /// <summary>Clocks differ; a signature this much in the future is still taken for one of now.</summary>
    private static readonly TimeSpan s_clockSkew = TimeSpan.FromMinutes(5);

    /// <summary>As many proofs as sigstore-go takes: each costs a signature, and real bundles have one or two.</summary>
    private const int MostProofs = 32;

    private bool _isWitnessed;

    /// <param name="key">The key to verify with; null where the bundle's certificate is meant.</param>
    /// <param name="data">What must have been signed.</param>
    /// <exception cref="Refusal">A link does not hold.</exception>
    public ProvenSigner Verify(SigstoreBundle bundle, VerificationKey? key, SignedData data)
    {
        // before any of them is read: each costs a key
        if (bundle.Material.Certificates.Count - 1 is > CertificatePath.MostProvided and var provided) throw Refusal.Bad($"{provided} certificates came with the signature; the most is {CertificatePath.MostProvided}");
        Certificate[] certificates = [.. bundle.Material.Certificates.Select(der => CertificateReader.Read(der))];
        CheckKind(bundle, certificates, key);
        CheckLogPresence(bundle, key);
        var signature = SignatureOf(bundle.Content);
        var times = VerifyTimes(bundle.Material, signature);
        var signer = key is null ? VerifyCertificate(certificates, times) : new ProvenSigner(key, null);
        VerifyEntries(bundle, signer, data, signature, times);
        if (policy.Witnesses is not null && !_isWitnessed) throw NoProof("the bundle has no checkpoint of a log, which witnesses could have signed");
        VerifySignature(bundle.Content, signer, data, signature);
        return signer;
    }

    private static byte[] SignatureOf(BundleContent content) => content switch
    {
        DsseEnvelope envelope => envelope.Signature,
        SignedMessage message => message.Signature,
        _ => throw new InvalidOperationException(),
    };

    private void CheckKind(SigstoreBundle bundle, Certificate[] certificates, VerificationKey? key)
    {
        if (key is null && certificates.Length == 0) throw new Refusal(VerificationError.UntrustedKey, "the bundle was signed with a key of its own, and no key was given");
        if (key is not null && certificates.Length > 0) throw new Refusal(VerificationError.UntrustedKey, "the bundle was signed with a certificate; expected the key that was given");
        if (bundle is { Material.KeyHint: { Length: > 0 } hint, Content: DsseEnvelope { KeyId: { Length: > 0 } id } } && hint != id)
            throw Refusal.Bad("the bundle and its envelope hint at different keys");
        // copies of what is trusted anyway are superfluous, as early bundles had them; another root is an attempt to be one
        if (certificates.Skip(1).Any(certificate => certificate.IsSelfIssued && !IsKnown(certificate))) throw Refusal.Bad("the bundle brings a root certificate of its own");
    }

    private bool IsKnown(Certificate certificate) =>
        root.Authorities.Any(authority => authority.Chain.Any(known => known.Raw.Span.SequenceEqual(certificate.Raw.Span)));

    /// <summary>Bundles 0.1 must have the log's promise, later ones its inclusion proof (sigstore_bundle.proto).</summary>
    private void CheckLogPresence(SigstoreBundle bundle, VerificationKey? key)
    {
        proof.Enter("log-entry");
        var (entries, timestamps) = (bundle.Material.Entries, bundle.Material.Timestamps);
        if (entries.Count > MostProofs || timestamps.Count > MostProofs) throw Refusal.Bad($"the bundle has {entries.Count} log entries and {timestamps.Count} timestamps; the most is {MostProofs} of each");
        // one proof told twice must not count as two; an index may be told in two ways, what was logged cannot
        if (entries.DistinctBy(entry => (Convert.ToHexString(entry.LogId), Convert.ToHexString(entry.Body))).Count() < entries.Count) throw Refusal.Bad("the bundle has the same log entry twice");
        if (timestamps.DistinctBy(timestamp => Convert.ToHexString(timestamp)).Count() < timestamps.Count) throw Refusal.Bad("the bundle has the same timestamp twice");
        if (entries.Count == 0 && (policy.RequireLog ?? key is null)) throw NoProof("the bundle has no transparency log entry");
        foreach (var entry in entries)
        {
            if (entry is { Promise: null, Proof: null }) throw NoProof("a transparency log entry of the bundle has no proof");
            if (bundle.Version == BundleVersion.V01 && entry.Promise is null) throw NoProof("a transparency log entry has no promise, which a bundle of version 0.1 must have");
            if (bundle.Version != BundleVersion.V01 && entry.Proof?.Checkpoint is null) throw NoProof("a transparency log entry has no inclusion proof with a checkpoint, which a bundle of version 0.2 or later must have");
        }
    }

    private List<VerifiedTime> VerifyTimes(BundleMaterial material, byte[] signature)
    {
        proof.Enter("time");
        var times = new List<VerifiedTime>();
        foreach (var timestamp in material.Timestamps) times.Add(TimestampVerifier.Verify(TimestampReader.ReadResponse(timestamp), signature, root.TimestampAuthorities));
        foreach (var entry in material.Entries)
            if (entry.Promise is not null && LogOf(entry) is var log) times.Add(new($"log {log.Name}", LogProof.VerifyPromise(entry, log)));
        foreach (var time in times)
            if (time.At > now + s_clockSkew) throw Refusal.Bad($"the signature is from {time.At:u}, which is in the future");
        foreach (var time in times) proof.Proven($"signed before {time.At:u}, seen by {time.Source}");
        proof.Facts = proof.Facts with { Times = times };
        return times;
    }

    private TransparencyLog LogOf(LogEntry entry) =>
        root.Logs.FirstOrDefault(log => log.Id.AsSpan().SequenceEqual(entry.LogId))
        ?? throw Refusal.Bad($"the log {Convert.ToHexStringLower(entry.LogId[..Math.Min(8, entry.LogId.Length)])}… is not a trusted one");

    private ProvenSigner VerifyCertificate(Certificate[] certificates, List<VerifiedTime> times)
    {
        proof.Enter("certificate");
        if (times.Count == 0) throw Refusal.Bad("nothing trusted says when it was signed, so the certificate cannot be judged");
        var leaf = certificates[0];
        IReadOnlyList<Certificate> path = [];
        foreach (var time in times) path = VerifyPath(leaf, certificates[1..], time.At);
        // what stands beside the path and is nobody's would be passed over, whatever it says
        if (certificates.Skip(1).Any(certificate => !path.Contains(certificate) && !IsKnown(certificate))) throw Refusal.Bad("the bundle brings a certificate that is not on the path to the trusted authority");
        var issuer = path[1];
        proof.Proven($"issued by {issuer.SubjectName}, valid from {leaf.NotBefore:u} to {leaf.NotAfter:u}");
        VerifyCertificateLog(leaf, issuer);
        return new(leaf.Key, leaf);
    }

    private void VerifyCertificateLog(Certificate leaf, Certificate issuer)
    {
        if (root.CertificateLogs.Count == 0)
        {
            proof.NotAsked("certificate-log", "the trusted root names no certificate log");
            return;
        }
        proof.Enter("certificate-log");
        var (log, at) = CertificateLogProof.Verify(leaf, issuer, root.CertificateLogs);
        proof.Proven($"logged by {log.Name} at {at:u}");
    }

    private IReadOnlyList<Certificate> VerifyPath(Certificate leaf, Certificate[] provided, DateTimeOffset at)
    {
        Refusal? refused = null;
        foreach (var authority in root.Authorities.Where(authority => authority.Window.Includes(at)))
            try
            {
                return CertificatePath.Verify(leaf, provided, authority.Chain, new(at, CertificateUse.CodeSigning));
            }
            catch (Refusal refusal)
            {
                // each says the same of this leaf
                refused = refusal;
            }
        throw refused ?? Refusal.Bad($"no certificate authority was trusted at {at:u}");
    }

    private void VerifyEntries(SigstoreBundle bundle, ProvenSigner signer, SignedData data, byte[] signature, List<VerifiedTime> times)
    {
        foreach (var entry in bundle.Material.Entries)
        {
            var log = LogOf(entry);
            if (entry.Promise is not null) Step("log-promise", $"{log.Name} promised to include the entry {entry.Index}");
            if (entry.Proof is { } inclusion) VerifyInclusion(entry, inclusion, log, times);
            proof.Enter("log-entry");
            EntryBinding.Verify(entry, new(signer.Certificate?.Raw, signer.Key), new(bundle.Content as DsseEnvelope, data, signature));
            proof.Proven($"the entry ({entry.Kind} {entry.KindVersion}) is of this signature by this signer");
        }
    }

    private void VerifyInclusion(LogEntry entry, InclusionProof inclusion, TransparencyLog log, List<VerifiedTime> times)
    {
        proof.Enter("log-inclusion");
        if (LogProof.IsVersion2(entry) && entry.Index != inclusion.Index) throw Refusal.Bad("the log entry and its proof have different indexes");
        if (entry.Promise is null) CheckLogWindow(log, times);
        if (inclusion.Checkpoint is not { } note)
        {
            LogProof.VerifyPath(entry, inclusion);
            proof.NotAsked("log-inclusion", "the inclusion proof has no checkpoint, so the log's promise is all there is");
            return;
        }
        var checkpoint = LogProof.VerifyInclusion(entry, inclusion, note, log);
        var witnesses = policy.Witnesses?.Verify(checkpoint);
        _isWitnessed |= witnesses is not null;
        proof.Facts = proof.Facts with { LogIndex = proof.Facts.LogIndex ?? inclusion.Index };
        proof.Proven($"entry {inclusion.Index} of the {checkpoint.TreeSize} in the tree that {log.Name} signed{(witnesses is { } seen ? $", seen by {seen} known witnesses" : "")}");
    }

    // where the log itself says no time, it must have been trusted when the signature was stamped
    private void CheckLogWindow(TransparencyLog log, List<VerifiedTime> times)
    {
        foreach (var at in times.Count > 0 ? times.Select(time => time.At) : [now])
            if (!log.Window.Includes(at)) throw Refusal.Bad($"the log {log.Name} was not trusted at {at:u}");
    }

    private void VerifySignature(BundleContent content, ProvenSigner signer, SignedData data, byte[] signature)
    {
        proof.Enter("signature");
        if (!signer.Key.Schemes.Any(scheme => signer.Key.Verify(scheme, data, signature)))
            throw Refusal.Bad($"the signature is not over this {(content is DsseEnvelope ? "envelope" : "artifact")} by this signer");
        proof.Facts = proof.Facts with { KeyDigest = Convert.ToHexStringLower(signer.Key.Digest) };
        proof.Proven($"signed with the {(signer.Certificate is null ? "given key" : "certificate's key")} ({signer.Key.Name})");
    }

    private void Step(string link, string detail)
    {
        proof.Enter(link);
        proof.Proven(detail);
    }

    private static Refusal NoProof(string message) => new(VerificationError.NoLogProof, message);
}
