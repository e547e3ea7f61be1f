using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CsCheck;
using Signalbox.Evidence;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Notation;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification.Notation;

/// <summary>Notary Project signatures in both forms: what is accepted, and each way of being wrong.</summary>
public sealed class NotationTests
{
    private const string Stamped = ""","verifyTimestamp":"afterCertExpiry"}""";

    private static readonly NotationSigner s_signer = new();

    private static DateTimeOffset Now => LocalNotation.Now;

    private static NotationTrust Trust(NotationSigner signer, string level = "strict", string stores = "\"ca:acme\"", string more = "}", byte[]? tsa = null) => new(
        NotationPolicy.Read(Encoding.UTF8.GetBytes($$"""{"version":"1.0","trustPolicies":[{"name":"all","registryScopes":["*"],"signatureVerification":{"level":"{{level}}"{{more}},"trustStores":[{{stores}}],"trustedIdentities":["*"]}]}""")),
        (type, _) => type == "tsa" ? (tsa is null ? null : [tsa]) : [signer.Root]);

    private static VerificationResult Verify(byte[] envelope, NotationTrust? trust = null, NotationArtifact? artifact = null, DateTimeOffset? now = null) =>
        NotationVerifier.Verify(envelope, artifact ?? new("r.example/app", new("sha256", LocalNotation.Digest[7..]), "application/vnd.oci.image.manifest.v1+json", 42), trust ?? Trust(s_signer), now ?? Now);

    private static void Refused(byte[] envelope, string saying, NotationTrust? trust = null, NotationArtifact? artifact = null)
    {
        var result = Verify(envelope, trust, artifact);
        Assert.False(result.Accepted);
        Assert.Contains(saying, result.Reason, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Keys => new(
        from key in new[] { "P-256", "P-384", "P-521", "2048", "3072", "4096" }
        from form in new[] { "JWS", "COSE" }
        select (key, form));

    [Theory]
    [MemberData(nameof(Keys))]
    public void Signature_OfEveryAlgorithm_IsAccepted(string key, string form)
    {
        AsymmetricAlgorithm made = key.StartsWith('P') ? ECDsa.Create(ECCurve.CreateFromFriendlyName("nist" + key.Replace("-", "", StringComparison.Ordinal))) : RSA.Create(int.Parse(key, System.Globalization.CultureInfo.InvariantCulture));
        var signer = new NotationSigner(made);
        var result = Verify(new LocalNotation(signer).In(form), Trust(signer));
        Assert.True(result.Accepted, result.Reason);
        foreach (var part in new[] { "x509.subject: ", "CN=e2e", "O=Notary", "L=Seattle", "ST=WA", "C=US" }) Assert.Contains(part, result.Facts.Signer, StringComparison.Ordinal);
        Assert.StartsWith("x509:sha256:", result.Facts.Issuer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("JWS")]
    [InlineData("COSE")]
    public void Artifact_ThatIsAnother_IsRefused(string form)
    {
        var envelope = new LocalNotation(s_signer).In(form);
        Refused(envelope, "expected sha256:aaaa", artifact: new(null, new("sha256", new string('a', 64))));
        Refused(envelope, "expected application/vnd.oci.image.index", artifact: new(null, new("sha256", LocalNotation.Digest[7..]), "application/vnd.oci.image.index.v1+json"));
        Refused(envelope, "expected 43", artifact: new(null, new("sha256", LocalNotation.Digest[7..]), null, 43));
        Refused(new LocalNotation(s_signer) { Payload = """{"targetArtifact":{"digest":"sha256:1","digest":"sha256:2"}}""" }.In(form), "is not JSON as it should be");
        Refused(new LocalNotation(s_signer) { Payload = "{}" }.In(form), "targetArtifact is missing");
    }

    [Theory]
    [InlineData("JWS")]
    [InlineData("COSE")]
    public void CriticalAttribute_ThatIsNotUnderstoodOrNotThere_IsRefused(string form)
    {
        const string scheme = "io.cncf.notary.signingScheme", plugin = "io.cncf.notary.verificationPlugin";
        Refused(new LocalNotation(s_signer) { Extra = (plugin, "acme"), Critical = [scheme, plugin] }.In(form), $"'{plugin}' is not understood");
        Refused(new LocalNotation(s_signer) { Extra = ("b64", "false"), Critical = [scheme, "b64"] }.In(form), "'b64' is not understood");
        Refused(new LocalNotation(s_signer) { Critical = [scheme, "io.cncf.notary.expiry"] }.In(form), "is not there");
        Refused(new LocalNotation(s_signer) { Critical = ["io.cncf.notary.signingTime"] }.In(form), "is not understood");
        Refused(new LocalNotation(s_signer) { Critical = [scheme, scheme] }.In(form), "is named twice");
        Refused(new LocalNotation(s_signer) { Expiry = Now.AddDays(1), Critical = [scheme] }.In(form), "io.cncf.notary.expiry must be critical");
        Assert.True(Verify(new LocalNotation(s_signer) { Extra = ("acme.note", "x") }.In(form)).Accepted);
    }

    [Theory]
    [InlineData("JWS")]
    [InlineData("COSE")]
    public void Header_ThatIsNotAsItMustBe_IsRefused(string form)
    {
        Refused(new LocalNotation(s_signer) { ContentType = "application/json" }.In(form), "content type");
        Refused(new LocalNotation(s_signer) { Scheme = "notary.other" }.In(form), "signing scheme");
        Refused(new LocalNotation(s_signer) { Algorithm = ("ES384", -35) }.In(form), "another algorithm than its key");
        Refused(new LocalNotation(s_signer) { Algorithm = ("none", 0) }.In(form), "the algorithm is");
        Refused(new LocalNotation(s_signer) { Algorithm = ("HS256", 5) }.In(form), "the algorithm is");
    }

    [Theory]
    [InlineData("JWS")]
    [InlineData("COSE")]
    public void Chain_ThatIsNotWholeAndInOrder_IsRefused(string form)
    {
        List<byte[]> chain = [.. s_signer.Chain.Select(certificate => certificate.RawData)];
        Refused(new LocalNotation(s_signer) { Certificates = [chain[0], chain[1]] }.In(form), "was not issued by itself");
        Refused(new LocalNotation(s_signer) { Certificates = [chain[0], chain[2], chain[1]] }.In(form), "was not issued by");
        Refused(new LocalNotation(s_signer) { Certificates = [chain[0], chain[2]] }.In(form), "was not issued by");
        Refused(new LocalNotation(s_signer) { Certificates = [chain[1], chain[2]] }.In(form), "one of an authority");
        Refused(new LocalNotation(s_signer) { Certificates = [new NotationSigner().Chain[0].RawData, .. chain[1..]] }.In(form), "was not issued by");
        Refused(new LocalNotation(s_signer) { Certificates = [[1, 2, 3]] }.In(form), "not well-formed DER");
    }

    [Theory]
    [InlineData(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign, "1.3.6.1.5.5.7.3.3", "not for signatures alone")]
    [InlineData(X509KeyUsageFlags.KeyEncipherment, "1.3.6.1.5.5.7.3.3", "not for signatures alone")]
    [InlineData(X509KeyUsageFlags.DigitalSignature, "1.3.6.1.5.5.7.3.1", "is also for the usage")]
    [InlineData(X509KeyUsageFlags.DigitalSignature, "1.3.6.1.5.5.7.3.8", "is also for the usage")]
    [InlineData(X509KeyUsageFlags.DigitalSignature, "2.5.29.37.0", "is also for the usage")]
    public void Certificate_ForSomethingElse_IsRefused(X509KeyUsageFlags usage, string purpose, string saying)
    {
        var signer = new NotationSigner(usage: usage, purpose: purpose);
        Refused(new LocalNotation(signer).Jws(), saying, Trust(signer));
    }

    [Fact]
    public void Certificate_WithoutAPurpose_MaySign()
    {
        var signer = new NotationSigner(purpose: null);
        Assert.True(Verify(new LocalNotation(signer).Jws(), Trust(signer)).Accepted);
    }

    [Fact]
    public void Revocation_ThatCannotBeDetermined_IsRefused_Logged_OrNotAsked()
    {
        var signer = new NotationSigner(revocable: true);
        var envelope = new LocalNotation(signer).Jws();
        var refused = Verify(envelope, Trust(signer));
        Assert.Equal(VerificationError.RevocationUnknown, refused.Error);
        Assert.True(Verify(envelope, Trust(signer, "permissive")).Accepted);
        Assert.True(Verify(envelope, Trust(signer, more: ""","override":{"revocation":"skip"}}""")).Accepted);
    }

    [Fact]
    public void SigningAuthority_VouchesForTheTime_ByAStoreOfItsOwn()
    {
        var signer = new NotationSigner(to: Now.AddDays(-1));
        var trust = Trust(signer, stores: "\"signingAuthority:acme\"");
        Assert.True(Verify(new LocalNotation(signer) { Scheme = "notary.x509.signingAuthority", SigningTime = Now.AddDays(-2) }.Cose(), trust).Accepted);
        Refused(new LocalNotation(signer) { Scheme = "notary.x509.signingAuthority", SigningTime = Now.AddHours(-1) }.Cose(), "which does not include", trust);
        // a signature of the other scheme is not vouched for by this store
        Refused(new LocalNotation(signer).Cose(), "none of the trusted certificates", trust);
    }

    [Theory]
    [InlineData("JWS")]
    [InlineData("COSE")]
    public void Timestamp_OutlivesTheCertificate(string form)
    {
        var authority = new LocalTimestampAuthority(Now.AddYears(-3), Now.AddYears(3));
        var tsa = Encoding.ASCII.GetBytes(authority.Root.Pem);
        var signer = new NotationSigner(to: Now.AddDays(-1));
        NotationTrust With(string more = "}", byte[]? store = null) => Trust(signer, stores: "\"ca:acme\",\"tsa:public\"", more: more, tsa: store ?? tsa);
        byte[] At(DateTimeOffset at, Func<byte[], byte[]>? over = null) => new LocalNotation(signer) { Timestamp = signature => authority.Token(over?.Invoke(signature) ?? signature, at, withCertificate: true) }.In(form);

        Assert.True(Verify(At(Now.AddDays(-2)), With()).Accepted, Verify(At(Now.AddDays(-2)), With()).Reason);
        Refused(At(Now.AddHours(-1)), "which does not include", With());
        Refused(At(Now.AddDays(-2), _ => [1]), "not over this signature", With());
        Refused(new LocalNotation(signer).In(form), "has no timestamp", With());
        Refused(At(Now.AddDays(-2)), "no timestamp authority that was trusted", With(store: Encoding.ASCII.GetBytes(new LocalTimestampAuthority(Now.AddYears(-3), Now.AddYears(3)).Root.Pem)));
        // without a trusted authority the stamp counts for nothing
        Refused(At(Now.AddDays(-2)), "which does not include", Trust(signer));
    }

    [Fact]
    public void Timestamp_MayBeLeftOut_WhileTheCertificateIsGood()
    {
        var tsa = Encoding.ASCII.GetBytes(new LocalTimestampAuthority(Now.AddYears(-3), Now.AddYears(3)).Root.Pem);
        Assert.True(Verify(new LocalNotation(s_signer).Jws(), Trust(s_signer, stores: "\"ca:acme\",\"tsa:public\"", more: Stamped, tsa: tsa)).Accepted);
        Refused(new LocalNotation(s_signer).Jws(), "has no timestamp", Trust(s_signer, stores: "\"ca:acme\",\"tsa:public\"", tsa: tsa));
    }

    [Theory]
    [InlineData("strict", VerificationVerdict.Verified)]
    [InlineData("audit", VerificationVerdict.Failed)]
    public async Task Signature_IsEvidence_WhereTheTrustPolicyAsksWhoSigned(string level, VerificationVerdict verdict)
    {
        var signer = new NotationSigner(from: EvidenceFixture.Now.AddDays(-1), to: EvidenceFixture.Now.AddDays(1));
        // at level audit a stranger's signature passes, and speaks for nothing
        var evidence = new EvidenceFixture(new NotationEvidenceReader(() => Trust(level == "audit" ? s_signer : signer, level)), new ReportEvidenceReader());
        var payload = $$$"""{"targetArtifact":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{{EvidenceFixture.Subject}}}","size":42}}""";
        foreach (var form in new[] { "JWS", "COSE" })
        {
            var taken = await evidence.TakeAsync(new LocalNotation(signer) { Payload = payload, SigningTime = EvidenceFixture.Now }.In(form));
            Assert.Equal(verdict, evidence.Index.Find(taken.Id)!.Verification.Verdict);
            Assert.Equal(verdict == VerificationVerdict.Verified, (await evidence.FactsAsync(taken.Id))!.Signer?.Identity?.Contains("CN=e2e", StringComparison.Ordinal) ?? false);
        }
        var without = await new EvidenceFixture(new NotationEvidenceReader(() => null)).TakeAsync(new LocalNotation(signer).Jws());
        Assert.Equal("evidence-no-trust", without.Refusal!.Id);
    }

    [Fact]
    public void Demand_BesideTheTrustPolicy_IsNotPassedOver()
    {
        var envelope = new LocalNotation(s_signer).Jws();
        var facts = Verify(envelope).Facts;
        VerificationResult Asked(VerificationPolicy policy) => NotationVerifier.Verify(envelope, new(null, new("sha256", LocalNotation.Digest[7..])), Trust(s_signer), Now, policy);
        Assert.True(Asked(new() { Signers = [ExpectedSigner.Identity("*CN=e2e*", facts.Issuer!)] }).Accepted);
        Assert.True(Asked(new() { Signers = [ExpectedSigner.Identity("x", "y"), ExpectedSigner.Identity(facts.Signer!, facts.Issuer!)] }).Accepted);
        Assert.Equal(VerificationError.MismatchIdentity, Asked(new() { Signers = [ExpectedSigner.Identity(facts.Signer!, "x509:sha256:00")] }).Error);
        Assert.Equal(VerificationError.MismatchIdentity, Asked(new() { Signers = [ExpectedSigner.Identity("x509.subject: CN=other", facts.Issuer!)] }).Error);
        Assert.Equal(VerificationError.MismatchIdentity, Asked(new() { Signers = [ExpectedSigner.Holder(TrustedKey.FromPem(LocalKey.P256().Pem))] }).Error);
        Assert.True(Asked(new() { Signers = [ExpectedSigner.Holder(TrustedKey.FromPem(s_signer.Chain[0].PublicKey.ExportSubjectPublicKeyInfo() is var spki ? PemEncoding.WriteString("PUBLIC KEY", spki) : ""))] }).Accepted);
        Assert.Equal(VerificationError.InvalidDssePayload, Asked(new() { Provenance = new("github.com/acme/app") }).Error);
        Assert.Equal(VerificationError.NoLogProof, Asked(new() { RequireLog = true }).Error);
        Assert.Equal(VerificationError.NoLogProof, Asked(new() { Witnesses = new([], 1) }).Error);
        // where the policy skips, nobody signed
        var skipped = NotationPolicy.Read("""{"version":"1.0","trustPolicies":[{"name":"all","registryScopes":["*"],"signatureVerification":{"level":"skip"}}]}"""u8.ToArray());
        Assert.Equal(VerificationError.MismatchIdentity, NotationVerifier.Verify(envelope, new(null, null), new(skipped, (_, _) => null), Now, new() { Signers = [ExpectedSigner.Identity("*", "*")] }).Error);
    }

    [Fact]
    public void EveryByte_ThatIsChanged_IsRefused_OrSaysNothingElse()
    {
        foreach (var form in new[] { "JWS", "COSE" })
        {
            var envelope = new LocalNotation(s_signer) { Expiry = Now.AddDays(1) }.In(form);
            for (var i = 0; i < envelope.Length; i++)
            {
                var changed = (byte[])envelope.Clone();
                changed[i] ^= 1;
                var result = Verify(changed);
                // the agent's name is not signed, and decides nothing
                if (result.Accepted) Assert.True(form == "JWS" && Encoding.UTF8.GetString(envelope).IndexOf("signingAgent", StringComparison.Ordinal) is var at && i >= at - 20 && i <= at + 25, $"{form}, byte {i}");
            }
        }
    }

    [Fact]
    public void AnyBytes_AreAnswered() => Gen.Byte.Array[0, 300].Sample(bytes => !Verify(bytes).Accepted && !Verify([0xd2, 0x84, .. bytes]).Accepted);

    /// <summary>What policies are held against is the whole name: cut, two that begin alike would be one.</summary>
    [Fact]
    public void Subject_IsTheWholeName()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        name.AddOrganizationName(new string('o', 300) + "\e[2K" + "end");
        using var withExtension = Extended(name.Build(), key);
        Assert.Equal($"x509.subject: O={new string('o', 300)}\e[2Kend", SubjectNames.Text(CertificateReader.Read(withExtension.RawData)));
    }

    private static X509Certificate2 Extended(X500DistinguishedName name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        return request.CreateSelfSigned(Now, Now.AddDays(1));
    }

    [Fact]
    public void Scope_IsOneInEverySpellingOfItsHost()
    {
        var policy = NotationPolicy.Read("""{"version":"1.0","trustPolicies":[{"name":"app","registryScopes":["Registry.Example.com:443/team/app"],"signatureVerification":{"level":"skip"}}]}"""u8.ToArray());
        foreach (var scope in new[] { "registry.example.com/team/app", "REGISTRY.example.com/team/app", "registry.example.com:443/team/app" }) Assert.NotNull(policy.For(scope));
        foreach (var scope in new[] { "registry.example.com:5000/team/app", "registry.example.com/team/App" }) Assert.Null(policy.For(scope));
        Assert.Throws<FormatException>(() => NotationPolicy.Read("""{"version":"1.0","trustPolicies":[{"name":"app","registryScopes":["r.example/a","R.example:443/a"],"signatureVerification":{"level":"skip"}}]}"""u8.ToArray()));
    }

    [Theory]
    [InlineData(@"x509.subject: C=US, ST=WA, O=Acme\, Inc.", "Acme, Inc.")]
    [InlineData(@"x509.subject: C=US, S=WA, O=Acme\;\\\ ", @"Acme;\ ")]
    [InlineData("x509.subject: C=US,ST=WA,O=  Ačme  ", "Ačme")]
    public void Identity_IsReadWithItsEscapes(string identity, string organization) =>
        Assert.Equal(organization, SubjectNames.Parse(identity["x509.subject:".Length..])["O"]);

    [Theory]
    [InlineData(" C=US, ST=WA, O=a+OU=b")]
    [InlineData(" C=US, ST=WA, O=#0c0141")]
    [InlineData(@" C=US, ST=WA, O=a\")]
    [InlineData(@" C=US, ST=WA, O=\41cme")]
    [InlineData(" C=US, ST=WA, O=a, O=b")]
    [InlineData(" C=US, ST=WA, O")]
    public void Identity_ThatLeavesOpenWhoIsMeant_IsRefused(string name) => Assert.ThrowsAny<Exception>(() => SubjectNames.Parse(name));
}
