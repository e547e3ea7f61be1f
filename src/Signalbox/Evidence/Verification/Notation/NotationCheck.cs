using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Revocation;

namespace Signalbox.Evidence.Verification.Notation;

/// <summary>One verification by one statement of a trust policy.</summary>
/// <param name="answers">Of authorities about revocation; null where none may be asked.</param>
internal sealed class NotationCheck(NotationStatement statement, NotationStores stores, RevocationAnswers? answers, DateTimeOffset now, ProofLog proof)
{
    public void Verify(ReadOnlyMemory<byte> bytes, NotationArtifact artifact)
    {
        proof.Enter("format");
        var envelope = NotationEnvelope.Read(bytes);
        var chain = NotationChain.Read(envelope.Certificates);
        proof.Proven($"a Notary Project signature ({envelope.Form}, {envelope.Attributes.Scheme})");
        CheckIntegrity(envelope, chain[0], artifact);
        var authentic = Judge(NotationValidation.Authenticity, "signer", () => CheckAuthenticity(envelope, chain));
        Judge(NotationValidation.Expiry, "expiry", () => CheckExpiry(envelope));
        Judge(NotationValidation.AuthenticTimestamp, "time", () => CheckTime(envelope, chain));
        // what a chain that leads nowhere names is not asked: it could be anybody's
        Judge(NotationValidation.Revocation, "revocation", () => CheckRevocation(chain, authentic ? answers : null));
        if (authentic) proof.Facts = proof.Facts with { Signer = SubjectNames.Text(chain[0]), Issuer = RootOf(chain), KeyDigest = Convert.ToHexStringLower(chain[0].Key.Digest) };
    }

    /// <summary>Who vouches for the signer: the root by its fingerprint, for names are free.</summary>
    private static string RootOf(IReadOnlyList<Certificate> chain) => "x509:sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(chain[^1].Raw.Span));

    private bool Judge(NotationValidation validation, string link, Action check)
    {
        if (statement.Actions[validation] == NotationAction.Skip)
        {
            proof.NotAsked(link, $"the policy skips it");
            return false;
        }
        proof.Enter(link);
        try
        {
            check();
            return true;
        }
        catch (Exception e) when (e is Refusal or MalformedException && statement.Actions[validation] == NotationAction.Log)
        {
            proof.NotAsked(link, $"{e.Message}; the policy only logs it");
            return false;
        }
    }

    private void CheckIntegrity(NotationEnvelope envelope, Certificate leaf, NotationArtifact artifact)
    {
        proof.Enter("signature");
        var scheme = NotationAlgorithms.Of(leaf.Key) ?? throw Refusal.Bad($"a key of {leaf.Key.Name} must not sign; expected RSA of 2048, 3072 or 4096 bits, or ECDSA on P-256, P-384 or P-521");
        if (scheme != envelope.Scheme) throw Refusal.Bad($"the envelope names another algorithm than its key ({leaf.Key.Name}) has");
        if (!envelope.Verify(leaf.Key)) throw Refusal.Bad("the signature is not over this envelope by this certificate");
        proof.Proven($"signed with the certificate's key ({leaf.Key.Name})");
        CheckArtifact(envelope, artifact);
    }

    private void CheckArtifact(NotationEnvelope envelope, NotationArtifact artifact)
    {
        proof.Enter("artifact");
        var target = JsonFields.Parse(envelope.Payload, "the payload").RequiredObject("targetArtifact");
        var (digest, type, size) = (target.RequiredText("digest"), target.RequiredText("mediaType"), target.Int64("size") ?? throw target.Missing("size"));
        if (ArtifactDigest.TryParse(digest, out var named)) proof.Facts = proof.Facts with { Subjects = [new(artifact.Scope ?? "", new Dictionary<string, string> { [named!.Algorithm] = named.Hex })] };
        if (artifact.Digest is not { } expected)
        {
            proof.NotAsked("artifact", $"no artifact was given; the signature is over {JsonFields.Shown(digest)}");
            return;
        }
        if (digest != expected.ToString()) throw new Refusal(VerificationError.MismatchHash, $"the signature is over {JsonFields.Shown(digest)}; expected {expected}");
        if (artifact.MediaType is { } media && type != media) throw new Refusal(VerificationError.MismatchHash, $"the signature is over a {JsonFields.Shown(type)}; expected {media}");
        if (artifact.Size is { } bytes && size != bytes) throw new Refusal(VerificationError.MismatchHash, $"the signature is over {size} bytes; expected {bytes}");
        proof.Proven($"the signature is over {expected}");
    }

    private void CheckAuthenticity(NotationEnvelope envelope, IReadOnlyList<Certificate> chain)
    {
        var trusted = stores.Of(statement, envelope.Attributes.Scheme == NotationAttributes.X509 ? "ca" : "signingAuthority");
        if (!chain.Any(certificate => trusted.Any(known => known.Raw.Span.SequenceEqual(certificate.Raw.Span))))
            throw new Refusal(VerificationError.InvalidCertificate, "the certificate chain leads to none of the trusted certificates");
        var name = SubjectNames.Text(chain[0]);
        if (statement.Identities.Count > 0 && SubjectNames.Of(chain[0]) is var subject && !statement.Identities.Any(identity => SubjectNames.Includes(subject, identity)))
            throw new Refusal(VerificationError.MismatchIdentity, $"signed by '{JsonFields.Shown(name)}', which is none of the trusted identities");
        proof.Proven($"{JsonFields.Shown(name)}, vouched for by {chain[^1].SubjectName}");
    }

    private void CheckExpiry(NotationEnvelope envelope)
    {
        if (envelope.Attributes.Expiry is not { } expiry) proof.NotAsked("expiry", "the signature does not expire");
        else if (now < expiry) proof.Proven($"good until {expiry:u}");
        else throw new Refusal(VerificationError.Expired, $"the signature expired at {expiry:u}");
    }

    private void CheckTime(NotationEnvelope envelope, IReadOnlyList<Certificate> chain)
    {
        if (envelope.Attributes.Scheme == NotationAttributes.SigningAuthority)
        {
            CheckValid(chain, envelope.Attributes.SigningTime, envelope.Attributes.SigningTime, "when the signing authority says that it was signed");
            return;
        }
        var roots = stores.Of(statement, "tsa");
        if (roots.Count == 0 || (statement.AfterCertificateExpiry && chain.All(certificate => now <= certificate.NotAfter))) CheckValid(chain, now, now, "now, and no timestamp is asked for");
        else CheckStamped(envelope, chain, roots);
    }

    private void CheckStamped(NotationEnvelope envelope, IReadOnlyList<Certificate> chain, IReadOnlyList<Certificate> roots)
    {
        var token = envelope.Timestamp ?? throw Refusal.Bad("the signature has no timestamp");
        var (from, to, path) = NotationTimestamp.Verify(token, envelope.Signature, roots);
        if (to > now) throw Refusal.Bad($"the timestamp is of {to:u}, which is in the future");
        CheckValid(chain, from, to, "when a trusted authority stamped it");
        // a part of this validation, whatever the policy says of the signer's own revocation (notation-go, verifier.go)
        CheckRevocation(path, answers);
        proof.Facts = proof.Facts with { Times = [new("timestamp", to)] };
    }

    private void CheckValid(IReadOnlyList<Certificate> chain, DateTimeOffset from, DateTimeOffset to, string why)
    {
        if (NotationChain.Outside(chain, from, to) is { } outside)
            throw new Refusal(VerificationError.InvalidCertificate, $"the certificate of {outside.SubjectName} is valid from {outside.NotBefore:u} to {outside.NotAfter:u}, which does not include {to:u}, {why}");
        proof.Proven($"the certificates are valid at {to:u}, {why}");
    }

    /// <summary>A chain's last certificate is trusted as it stands: nobody above it could revoke it.</summary>
    private void CheckRevocation(IReadOnlyList<Certificate> chain, RevocationAnswers? answers)
    {
        var check = new RevocationCheck(answers, now);
        // all of them, so that everything that must be asked is known at once
        var found = chain.Zip(chain.Skip(1)).Select(pair => (Certificate: pair.First, Status: check.Of(pair.First, pair.Second))).ToList();
        if (found.Find(each => each.Status.State == RevocationState.Revoked) is { Certificate: { } revoked, Status: var said })
            throw new Refusal(VerificationError.Revoked, $"the certificate of {revoked.SubjectName} was revoked: {said.Detail}");
        if (found.Find(each => each.Status.State == RevocationState.Unknown) is { Certificate: { } unknown, Status: var why })
            throw new Refusal(VerificationError.RevocationUnknown, $"whether the certificate of {unknown.SubjectName} was revoked {why.Detail}");
        var good = found.Where(each => each.Status.State == RevocationState.Good).ToList();
        proof.Proven(good.Count == 0 ? "no certificate of the chain can be revoked: none names a list or a service" : $"whether certificates were revoked was asked: {string.Join(", ", good.Select(each => $"{each.Certificate.SubjectName}: {each.Status.Detail}"))}");
    }
}
