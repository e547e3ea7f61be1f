using System.Security.Cryptography;
using System.Text;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Notation;
using Signalbox.Evidence.Verification.Revocation;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification.Notation;

/// <summary>A Notation signature link by link: what is said of each, in order, and what is proven by it.</summary>
public sealed class NotationLinksTests
{
    private const string Name = "x509.subject: C=US, ST=WA, L=Seattle, O=Notary, CN=e2e", Manifest = "application/vnd.oci.image.manifest.v1+json";

    private static readonly NotationSigner s_signer = new();
    private static readonly ArtifactDigest s_digest = new("sha256", LocalNotation.Digest[7..]);

    private static DateTimeOffset Now => LocalNotation.Now;

    private static NotationTrust Trust(NotationSigner? signer = null, string level = "strict", string more = "", string stores = "\"ca:acme\"", byte[]? tsa = null, string identities = "\"*\"") => new(
        NotationPolicy.Read(Encoding.UTF8.GetBytes($$"""{"version":"1.0","trustPolicies":[{"name":"all","registryScopes":["*"],"signatureVerification":{"level":"{{level}}"{{more}}},"trustStores":[{{stores}}],"trustedIdentities":[{{identities}}]}]}""")),
        (type, _) => type == "tsa" ? (tsa is null ? null : [tsa]) : [(signer ?? s_signer).Root]);

    private static VerificationResult Verify(byte[] envelope, NotationTrust? trust = null, NotationArtifact? artifact = null, VerificationPolicy? expected = null, RevocationAnswers? answers = null) =>
        NotationVerifier.Verify(envelope, artifact ?? new("r.example/app", s_digest, Manifest, 42), trust ?? Trust(), Now, expected, answers);

    private static IEnumerable<string> Steps(VerificationResult result) => result.Steps.Select(step => $"{step.Link} {step.Outcome}: {step.Detail.Replace(Shown(s_signer), Name, StringComparison.Ordinal)}");

    // in the order the platform encodes it
    private static string Shown(NotationSigner signer) => SubjectNames.Text(CertificateReader.Read(signer.Chain[0].RawData));

    private static void Refused(VerificationError error, string link, string saying, VerificationResult result)
    {
        Assert.True(result.Error == error, $"expected {error}, was {result.Error?.ToString() ?? "accepted"}: {result.Reason}");
        Assert.Contains(saying, result.Reason, StringComparison.Ordinal);
        Assert.Equal(new VerificationStep(link, LinkOutcome.Refused, result.Reason!), result.Steps[^1]);
    }

    [Theory]
    [InlineData("JWS")]
    [InlineData("COSE")]
    public void EveryLink_IsSaid(string form)
    {
        var result = Verify(new LocalNotation(s_signer) { Expiry = Now.AddSeconds(1) }.In(form));
        Assert.Equal(
            [
                "policy Proven: the statement 'all' demands level strict", $"format Proven: a Notary Project signature ({form}, notary.x509)",
                "signature Proven: signed with the certificate's key (ECDSA P-256)", $"artifact Proven: the signature is over {LocalNotation.Digest}",
                $"signer Proven: {Name}, vouched for by root", "expiry Proven: good until 2026-06-01 12:00:01Z",
                "time Proven: the certificates are valid at 2026-06-01 12:00:00Z, now, and no timestamp is asked for",
                "revocation Proven: no certificate of the chain can be revoked: none names a list or a service",
            ],
            Steps(result));
        Assert.Equal(Shown(s_signer), result.Facts.Signer);
        Assert.Equal("x509:sha256:" + Convert.ToHexStringLower(SHA256.HashData(s_signer.Chain[2].RawData)), result.Facts.Issuer);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(s_signer.Chain[0].PublicKey.ExportSubjectPublicKeyInfo())), result.Facts.KeyDigest);
        var subject = Assert.Single(result.Facts.Subjects);
        Assert.Equal(("r.example/app", s_digest.Hex), (subject.Name, Assert.Single(subject.Digests).Value));
        Assert.Empty(result.Facts.Times);
    }

    [Fact]
    public void SigningAuthority_SaysTheTime()
    {
        var result = Verify(new LocalNotation(s_signer) { Scheme = "notary.x509.signingAuthority" }.Cose(), Trust(stores: "\"signingAuthority:acme\""));
        Assert.Contains("format Proven: a Notary Project signature (COSE, notary.x509.signingAuthority)", Steps(result));
        Assert.Contains("expiry NotAsked: the signature does not expire", Steps(result));
        Assert.Contains("time Proven: the certificates are valid at 2026-05-31 12:00:00Z, when the signing authority says that it was signed", Steps(result));
    }

    [Fact]
    public void Artifact_ThatNobodyGave_IsNotAsked()
    {
        var result = Verify(new LocalNotation(s_signer).Jws(), artifact: new(null, null));
        Assert.True(result.Accepted, result.Reason);
        Assert.Contains($"artifact NotAsked: no artifact was given; the signature is over {LocalNotation.Digest}", Steps(result));
        Assert.Equal("", Assert.Single(result.Facts.Subjects).Name);
    }

    [Fact]
    public void Artifact_IsHeldAgainstAllThatIsKnownOfIt()
    {
        VerificationResult Of(string target, NotationArtifact? artifact = null) => Verify(new LocalNotation(s_signer) { Payload = $$$"""{"targetArtifact":{{{{target}}}}}""" }.Jws(), artifact: artifact);
        const string Whole = $"\"mediaType\":\"{Manifest}\",\"digest\":\"{LocalNotation.Digest}\",\"size\":42";
        Assert.True(Of(Whole).Accepted);
        Assert.True(Of(Whole, new(null, s_digest)).Accepted);
        Refused(VerificationError.MismatchHash, "artifact", $"the signature is over {LocalNotation.Digest}; expected sha256:aaaa", Of(Whole, new(null, new("sha256", new string('a', 64)))));
        Refused(VerificationError.MismatchHash, "artifact", $"the signature is over a {Manifest}; expected text/plain", Of(Whole, new(null, s_digest, "text/plain")));
        Refused(VerificationError.MismatchHash, "artifact", "the signature is over 42 bytes; expected 43", Of(Whole, new(null, s_digest, Manifest, 43)));
        Refused(VerificationError.BadBundle, "artifact", "targetArtifact.size is missing", Of(Whole.Replace(",\"size\":42", "", StringComparison.Ordinal)));
        Refused(VerificationError.BadBundle, "artifact", "targetArtifact.mediaType is missing", Of(Whole.Replace($"\"mediaType\":\"{Manifest}\",", "", StringComparison.Ordinal)));
        Refused(VerificationError.BadBundle, "artifact", "targetArtifact.digest is missing", Of($"\"mediaType\":\"{Manifest}\",\"size\":42"));
        // a digest of another kind is no subject
        var odd = Of($"\"mediaType\":\"{Manifest}\",\"digest\":\"md5:00\",\"size\":42", new(null, null));
        Assert.True(odd.Accepted, odd.Reason);
        Assert.Empty(odd.Facts.Subjects);
    }

    [Fact]
    public void Expiry_ComesAtItsSecond() => Refused(VerificationError.Expired, "expiry", "the signature expired at 2026-06-01 12:00:00Z", Verify(new LocalNotation(s_signer) { Expiry = Now }.Jws()));

    [Fact]
    public void Key_ThatMustNotSign_IsRefused()
    {
        var signer = new NotationSigner(RSA.Create(2304));
        Refused(VerificationError.BadBundle, "signature", "a key of RSA 2304 must not sign; expected RSA of 2048, 3072 or 4096 bits", Verify(new LocalNotation(signer).Jws(), Trust(signer)));
    }

    [Fact]
    public void Signature_ThatDoesNotHold_IsRefused()
    {
        var other = new LocalNotation(s_signer) { Certificates = [.. new NotationSigner().Chain.Select(certificate => certificate.RawData)] };
        Refused(VerificationError.BadBundle, "signature", "the signature is not over this envelope by this certificate", Verify(other.Jws()));
        Refused(VerificationError.BadBundle, "signature", "the envelope names another algorithm than its key (ECDSA P-256) has", Verify(new LocalNotation(s_signer) { Algorithm = ("ES384", -35) }.Cose()));
    }

    [Fact]
    public void WhatThePolicyOnlyLogs_IsSaid_AndProvesNobody()
    {
        var result = Verify(new LocalNotation(new NotationSigner(revocable: true)) { Expiry = Now.AddDays(-1) }.Jws(), Trust(level: "audit"), answers: new());
        Assert.True(result.Accepted, result.Reason);
        Assert.Equal(
            [
                "signer NotAsked: the certificate chain leads to none of the trusted certificates; the policy only logs it", "expiry NotAsked: the signature expired at 2026-05-31 12:00:00Z; the policy only logs it",
                "time Proven: the certificates are valid at 2026-06-01 12:00:00Z, now, and no timestamp is asked for",
                "revocation NotAsked: whether the certificate of e2e was revoked cannot be determined offline; the policy only logs it",
            ],
            Steps(result).Skip(4));
        Assert.Null(result.Facts.Signer ?? result.Facts.Issuer ?? result.Facts.KeyDigest);
    }

    [Fact]
    public void WhatThePolicySkips_IsSaid()
    {
        var skipped = Verify(new LocalNotation(new NotationSigner(revocable: true)).Jws(), Trust(level: "audit", more: ",\"override\":{\"revocation\":\"skip\"}"));
        Assert.Equal("revocation NotAsked: the policy skips it", Steps(skipped).Last());
        var nothing = NotationPolicy.Read("""{"version":"1.0","trustPolicies":[{"name":"none","registryScopes":["*"],"signatureVerification":{"level":"skip"}}]}"""u8.ToArray());
        var result = Verify([], new(nothing, (_, _) => null));
        Assert.Equal(["policy NotAsked: the statement 'none' skips verification, so nothing is proven"], Steps(result));
        Assert.True(result.Accepted);
    }

    [Fact]
    public void Policy_ThatIsForOtherRepositories_IsNone()
    {
        var trust = new NotationTrust(NotationPolicy.Read("""{"version":"1.0","trustPolicies":[{"name":"app","registryScopes":["r.example/app"],"signatureVerification":{"level":"skip"}}]}"""u8.ToArray()), (_, _) => null);
        Assert.True(Verify([], trust).Accepted);
        Refused(VerificationError.NoExpectation, "policy", "no statement of the trust policy is for r.example/other", Verify([], trust, new("r.example/other", null)));
        Refused(VerificationError.NoExpectation, "policy", "no statement of the trust policy is for an unnamed repository", Verify([], trust, new(null, null)));
    }

    [Fact]
    public void Signer_IsOneOfTheTrustedIdentities()
    {
        const string Others = "\"x509.subject: C=US, ST=WA, O=Other\"";
        Assert.True(Verify(new LocalNotation(s_signer).Jws(), Trust(identities: Others + ",\"x509.subject: C=US, ST=WA, O=Notary\"")).Accepted);
        var refused = Verify(new LocalNotation(s_signer).Jws(), Trust(identities: Others));
        Refused(VerificationError.MismatchIdentity, "signer", $"signed by '{Shown(s_signer)}', which is none of the trusted identities", refused);
        Assert.Null(refused.Facts.Signer);
    }

    /// <summary>Any certificate of the chain may be the one that is trusted, and the store may hold others beside it.</summary>
    [Fact]
    public void Chain_LeadsToOneOfTheTrustedCertificates()
    {
        byte[] Pem(NotationSigner signer, int at) => Encoding.ASCII.GetBytes(signer.Chain[at].ExportCertificatePem());
        VerificationResult By(params byte[][] files) => Verify(new LocalNotation(s_signer).Jws(), Trust() with { Store = (_, _) => files });
        var other = new NotationSigner();
        Assert.True(By(Pem(s_signer, 1)).Accepted);
        Assert.True(By(Pem(other, 2), Pem(s_signer, 2)).Accepted);
        Refused(VerificationError.InvalidCertificate, "signer", "the certificate chain leads to none of the trusted certificates", By(Pem(other, 2), Pem(other, 1)));
    }

    [Fact]
    public void Demand_ThatIsNotMet_SaysWhatWasSeenAndExpected()
    {
        var envelope = new LocalNotation(s_signer).Jws();
        var key = TrustedKey.FromPem(LocalKey.P256().Pem);
        var (signer, issuer) = (Verify(envelope).Facts.Signer!, Verify(envelope).Facts.Issuer!);
        Refused(VerificationError.MismatchIdentity, "signer", $"signed by '{signer}', vouched for by {issuer}; expected 'x' or the key {key.Digest[..12]}…", Verify(envelope, expected: new() { Signers = [ExpectedSigner.Identity("x", issuer), ExpectedSigner.Holder(key)] }));
        Refused(VerificationError.MismatchIdentity, "signer", $"signed by '{signer}', vouched for by {issuer}; expected '*'", Verify(envelope, expected: new() { Signers = [ExpectedSigner.Identity("*", "somebody")] }));
        Refused(VerificationError.MismatchIdentity, "signer", "nobody is proven to have signed it; expected '*'", Verify(envelope, Trust(new NotationSigner(), "audit"), expected: new() { Signers = [ExpectedSigner.Identity("*", issuer)] }));
        Refused(VerificationError.NoLogProof, "signer", "a Notation signature has no proof from a transparency log", Verify(envelope, expected: new() { RequireLog = true }));
        Refused(VerificationError.NoLogProof, "signer", "a Notation signature has no proof from a transparency log", Verify(envelope, expected: new() { Witnesses = new([], 1) }));
        Refused(VerificationError.InvalidDssePayload, "signer", "a Notation signature is no provenance, which was asked for", Verify(envelope, expected: new() { Provenance = new("github.com/acme/app") }));
        Assert.True(Verify(envelope, expected: new() { RequireLog = false }).Accepted);
        Assert.True(Verify(envelope, expected: new()).Accepted);
    }

    private static byte[] Root(LocalTimestampAuthority authority) => Encoding.ASCII.GetBytes(authority.Root.Pem);

    private static LocalTimestampAuthority Authority() => new(Now.AddYears(-3), Now.AddYears(3));

    private static VerificationResult Stamped(NotationSigner signer, LocalTimestampAuthority authority, DateTimeOffset at, string level = "strict", string more = "") =>
        Verify(new LocalNotation(signer) { Timestamp = signature => authority.Token(signature, at, withCertificate: true) }.Jws(), Trust(signer, level, more, "\"ca:acme\",\"tsa:public\"", Root(authority)));

    [Fact]
    public void Timestamp_SaysWhenItWasSigned()
    {
        var result = Stamped(s_signer, Authority(), Now);
        Assert.True(result.Accepted, result.Reason);
        Assert.Equal(
            ["time Proven: the certificates are valid at 2026-06-01 12:00:00Z, when a trusted authority stamped it", "time Proven: no certificate of the chain can be revoked: none names a list or a service"],
            Steps(result).Where(step => step.StartsWith("time", StringComparison.Ordinal)));
        Assert.Equal([new VerifiedTime("timestamp", Now)], result.Facts.Times);
        Refused(VerificationError.BadBundle, "time", "the timestamp is of 2026-06-01 12:00:01Z, which is in the future", Stamped(s_signer, Authority(), Now.AddSeconds(1)));
    }

    /// <summary>All of the time that a stamp may be of must lie within the certificates'.</summary>
    [Fact]
    public void Timestamp_IsOfAllTheTimeThatItsAccuracyLeaves()
    {
        var signer = new NotationSigner(from: Now.AddDays(-10), to: Now.AddDays(-1));
        LocalTimestampAuthority Within(int seconds)
        {
            var authority = Authority();
            authority.Accuracy = w => w.WriteInteger(seconds);
            return authority;
        }
        Assert.True(Stamped(signer, Authority(), Now.AddDays(-1)).Accepted);
        Assert.True(Stamped(signer, Within(5), Now.AddDays(-1).AddSeconds(-5)).Accepted);
        Refused(VerificationError.InvalidCertificate, "time", "the certificate of e2e is valid from 2026-05-22 12:00:00Z to 2026-05-31 12:00:00Z, which does not include 2026-05-31 12:00:01Z, when a trusted authority stamped it", Stamped(signer, Within(5), Now.AddDays(-1).AddSeconds(-4)));
        Assert.True(Stamped(signer, Within(5), Now.AddDays(-10).AddSeconds(5)).Accepted);
        Refused(VerificationError.InvalidCertificate, "time", "which does not include", Stamped(signer, Within(5), Now.AddDays(-10).AddSeconds(4)));
    }

    [Fact]
    public void Timestamp_ThatIsMalformed_IsRefused_OrLogged()
    {
        VerificationResult With(string level) => Verify(new LocalNotation(s_signer) { Timestamp = _ => [1, 2, 3] }.Jws(), Trust(null, level, "", "\"ca:acme\",\"tsa:public\"", Root(Authority())));
        Refused(VerificationError.BadBundle, "time", "a timestamp is not well-formed DER", With("strict"));
        Assert.Contains("time NotAsked: a timestamp is not well-formed DER; the policy only logs it", Steps(With("permissive")));
    }

    /// <summary>The whole chain must still be good where no timestamp is asked for; one that has expired asks for one.</summary>
    [Fact]
    public void Timestamp_IsAskedForOnceACertificateHasExpired()
    {
        const string Late = ",\"verifyTimestamp\":\"afterCertExpiry\"";
        VerificationResult Until(DateTimeOffset to, string more)
        {
            var signer = new NotationSigner(to: to);
            return Verify(new LocalNotation(signer).Jws(), Trust(signer, more: more, stores: "\"ca:acme\",\"tsa:public\"", tsa: Root(Authority())));
        }
        Assert.True(Until(Now, Late).Accepted);
        Refused(VerificationError.BadBundle, "time", "the signature has no timestamp", Until(Now.AddSeconds(-1), Late));
        Refused(VerificationError.BadBundle, "time", "the signature has no timestamp", Until(Now, ",\"verifyTimestamp\":\"always\""));
    }

    /// <summary>Each certificate but the root has lists of its own; the words of all of them are said.</summary>
    [Fact]
    public void Revocation_IsSaidOfEachCertificate()
    {
        var signer = new NotationSigner(published: which => [LocalRevocation.Lists($"http://{which}.example/")]);
        RevocationSigner Issuer(int at) => RevocationSigner.Of(signer.Chain[at], signer.Authorities[at - 1]);
        VerificationResult With(byte[]? ofLeaf, byte[]? ofBetween)
        {
            var answers = new RevocationAnswers();
            answers.Take(new(new("http://leaf.example/"), null), ofLeaf);
            answers.Take(new(new("http://between.example/"), null), ofBetween);
            return Verify(new LocalNotation(signer).Jws(), Trust(signer), answers: answers);
        }
        var (leaf, between) = (LocalRevocation.List(Issuer(1), []), LocalRevocation.List(Issuer(2), []));
        Assert.Equal("revocation Proven: whether certificates were revoked was asked: e2e: leaf.example says that it was not, between: between.example says that it was not", Steps(With(leaf, between)).Last());
        Refused(VerificationError.RevocationUnknown, "revocation", "whether the certificate of between was revoked cannot be determined: between.example gave no answer", With(leaf, null));
        Refused(VerificationError.RevocationUnknown, "revocation", "whether the certificate of e2e was revoked cannot be determined: leaf.example gave no answer", With(null, null));
        Refused(VerificationError.Revoked, "revocation", "the certificate of e2e was revoked: leaf.example says that it was", With(LocalRevocation.List(Issuer(1), [[3]]), null));
        Refused(VerificationError.Revoked, "revocation", "the certificate of between was revoked: between.example says that it was", With(null, LocalRevocation.List(Issuer(2), [[2]])));
    }
}
