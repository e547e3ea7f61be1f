using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Revocation;
using Signalbox.Tests.Evidence.Verification.Notation;

namespace Signalbox.Tests.Evidence.Verification.Revocation;

/// <summary>Answers of responders, part by part: what they say, and the one thing for which each does not count.</summary>
public sealed class OcspAnswerTests
{
    private const string OcspSigning = "1.3.6.1.5.5.7.3.9";

    private static readonly NotationSigner s_signer = new();
    private static readonly RevocationSigner s_issuer = RevocationSigner.Of(s_signer.Chain[1], s_signer.Authorities[0]);

    private static DateTimeOffset Now => LocalNotation.Now;

    private static LocalOcsp Good => new(s_issuer, [3]);

    private static Certificate At(int place) => CertificateReader.Read(s_signer.Chain[place].RawData);

    private static RevocationState Read(LocalOcsp answer) => OcspAnswer.Read(answer.Der(), At(0), At(1), Now);

    private static void Refused(string saying, LocalOcsp answer) => Assert.Equal(saying, Assert.Throws<MalformedException>(() => Read(answer)).Message);

    [Theory]
    [InlineData(0, "Good")]
    [InlineData(1, "Revoked")]
    [InlineData(2, "Unknown")]
    public void Answer_SaysWhatBecameOfIt(int state, string expected) => Assert.Equal(expected, Read(Good with { State = state }).ToString());

    [Fact]
    public void Answer_OfNoKnownState_IsNone() => Refused("the answer is none of good, revoked and unknown", Good with { State = 3 });

    [Fact]
    public void Answer_MaySayMoreThanItMust()
    {
        Assert.Equal(RevocationState.Good, Read(Good with { WithVersion = true, SingleExtension = false, Extension = false }));
        Assert.Equal(RevocationState.Good, Read(Good with { Others = [[4], [5]] }));
        foreach (var (hash, oid) in new[] { (HashAlgorithmName.SHA256, "2.16.840.1.101.3.4.2.1"), (HashAlgorithmName.SHA384, "2.16.840.1.101.3.4.2.2"), (HashAlgorithmName.SHA512, "2.16.840.1.101.3.4.2.3") })
            Assert.Equal(RevocationState.Good, Read(Good with { HashName = hash, Hash = oid }));
    }

    [Fact]
    public void Answer_IsABasicOneWithoutError()
    {
        foreach (var status in new[] { 1, 2, 3, 5, 6 }) Refused("the responder answered with an error", Good with { Status = status });
        Refused("the answer is of another kind than id-pkix-ocsp-basic", Good with { Kind = "1.3.6.1.5.5.7.48.1.2" });
        Refused("the answer is signed with an algorithm that is not understood", Good with { Algorithm = LocalRevocation.Der(w => { using (w.PushSequence()) w.WriteObjectIdentifier("1.2.840.10045.4.1"); }) });
        foreach (var place in new[] { "id", "single", "data", "basic" }) Refused("the answer is not well-formed DER", Good with { MoreIn = place });
        Refused("the answer is not well-formed DER", Good with { MoreIn = "basic", Certificates = [s_signer.Chain[2].RawData] });
    }

    [Fact]
    public void CriticalExtension_IsNotPassedOver()
    {
        Refused("the answer has a critical extension, which is not understood", Good with { Extension = true });
        Refused("the answer has a critical extension, which is not understood", Good with { SingleExtension = true });
    }

    /// <summary>Serial number, issuer's name and issuer's key: only all three name a certificate.</summary>
    [Fact]
    public void Answer_IsAboutTheCertificateThatWasAsked()
    {
        Refused("the answer is about another certificate", Good with { Serial = [4] });
        Refused("the answer is about another certificate", Good with { NameHash = new byte[20] });
        Refused("the answer is about another certificate", Good with { KeyHash = new byte[20] });
        Refused("the answer speaks of the certificate twice", Good with { Others = [[3]] });
        Refused("the answer names its certificate by a hash that is not understood", Good with { Hash = "1.2.840.113549.2.5" });
        // what is said of the others counts for nothing, and must be of now all the same
        Refused("it held until 2026-06-01 11:59:59Z", Good with { Next = Now.AddSeconds(-1) });
    }

    private static RevocationSigner Delegate(out byte[] certificate, string? purpose = OcspSigning, X509KeyUsageFlags usage = X509KeyUsageFlags.DigitalSignature, DateTimeOffset? from = null, DateTimeOffset? to = null, X500DistinguishedName? issuer = null, ECDsa? by = null)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=responder", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        if (purpose is not null) request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new(purpose)], critical: false));
        var made = request.Create(issuer ?? s_signer.Chain[1].SubjectName, X509SignatureGenerator.CreateForECDsa(by ?? s_signer.Authorities[0]), from ?? Now.AddDays(-1), to ?? Now.AddDays(1), [9]);
        certificate = made.RawData;
        return RevocationSigner.Of(made, key);
    }

    private static LocalOcsp By(RevocationSigner signer, params byte[][] certificates) => Good with { By = signer, Certificates = certificates };

    [Fact]
    public void Delegate_ThatTheIssuerLetsAnswer_Counts_WhoeverStandsBesideIt()
    {
        var signer = Delegate(out var own);
        Assert.Equal(RevocationState.Good, Read(By(signer, own)));
        Assert.Equal(RevocationState.Good, Read(By(signer, s_signer.Chain[2].RawData, own)));
        Delegate(out var other);
        Assert.Equal(RevocationState.Good, Read(By(signer, own, other)));
        Assert.Equal(RevocationState.Good, Read(By(Delegate(out var onTheDot, from: Now, to: Now.AddDays(1)), onTheDot)));
        // the issuer itself needs no certificate of anybody
        Assert.Equal(RevocationState.Good, Read(Good with { Certificates = [own] }));
    }

    [Fact]
    public void Delegate_ThatLacksOneRight_DoesNotCount()
    {
        const string Saying = "the answer is not signed by the certificate's issuer, or by one that it lets answer";
        Refused(Saying, By(Delegate(out _)));
        var signer = Delegate(out _);
        Delegate(out var other);
        Refused(Saying, By(signer, other));
        Refused(Saying, By(Delegate(out var withoutPurpose, purpose: null), withoutPurpose));
        Refused(Saying, By(Delegate(out var forCode, purpose: "1.3.6.1.5.5.7.3.3"), forCode));
        Refused(Saying, By(Delegate(out var mayNotSign, usage: X509KeyUsageFlags.KeyEncipherment), mayNotSign));
        Refused(Saying, By(Delegate(out var old, to: Now.AddSeconds(-1)), old));
        Refused(Saying, By(Delegate(out var young, from: Now.AddSeconds(1)), young));
        Refused(Saying, By(Delegate(out var ofTheRoot, issuer: s_signer.Chain[2].SubjectName, by: s_signer.Authorities[1]), ofTheRoot));
        Refused(Saying, By(Delegate(out var inTheIssuersName, by: s_signer.Authorities[1]), inTheIssuersName));
        Refused(Saying, By(Delegate(out var inAnothersName, issuer: s_signer.Chain[2].SubjectName), inAnothersName));
    }

    [Fact]
    public void Certificates_AreFew()
    {
        var signer = Delegate(out var own);
        Assert.Equal(RevocationState.Good, Read(By(signer, [.. Enumerable.Repeat(own, 10)])));
        Refused("the answer brings more than 10 certificates", By(signer, [.. Enumerable.Repeat(own, 11)]));
    }

    [Theory]
    [InlineData(300, 3600, null)]
    [InlineData(301, 3600, "it is of 2026-06-01 12:05:01Z, which is in the future")]
    [InlineData(-3600, 0, null)]
    [InlineData(-3600, -1, "it held until 2026-06-01 11:59:59Z")]
    public void Word_IsOfNow_WithFiveMinutesForClocks(int made, int next, string? saying)
    {
        void Check() => RevocationTimes.Check(Now.AddSeconds(made), Now.AddSeconds(next), Now);
        if (saying is null) Check();
        else Assert.Equal(saying, Assert.Throws<MalformedException>(Check).Message);
    }

    [Fact]
    public void Word_ThatHoldsForEver_IsNone() => Assert.Equal("it does not say until when it holds", Assert.Throws<MalformedException>(() => RevocationTimes.Check(Now, null, Now)).Message);
}
