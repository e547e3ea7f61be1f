using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Keys;
using Signalbox.Evidence.Verification.Timestamps;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>Whoever provides certificates decides neither where a path ends nor how long it is looked for.</summary>
public sealed class CertificatePathTests
{
    private static readonly DateTimeOffset s_from = LocalSigstore.SignedAt.AddYears(-1), s_to = LocalSigstore.SignedAt.AddYears(1);
    private static readonly PathDemand s_demand = new(LocalSigstore.SignedAt, CertificateUse.TimeStamping);

    private static Certificate Read(LocalCertificate certificate) => CertificateReader.Read(certificate.Der);

    private static LocalCertificate Leaf(LocalCertificate issuer) => LocalCertificate.Leaf("leaf", LocalKey.P256(), issuer, s_from, s_to, [LocalCertificate.Usage(CertificateUse.TimeStamping, critical: true)]);

    /// <summary>Each of many may have issued each other: in every order of them that would be millions of signatures.</summary>
    [Fact]
    public void ManyOfOneName_AreTriedOnceEach()
    {
        var key = LocalKey.P256();
        var all = Enumerable.Range(0, CertificatePath.MostProvided).Select(_ => LocalCertificate.Root("same", key, s_from, s_to)).ToList();
        var counting = new CountingKey(VerificationKey.FromSpki(key.Spki));
        Certificate[] provided = [.. all.Select(certificate => Read(certificate) with { Key = counting })];
        var trusted = Read(LocalCertificate.Root("trusted", LocalKey.P256(), s_from, s_to));
        Assert.Throws<Refusal>(() => CertificatePath.Verify(Read(Leaf(all[0])), provided, [trusted], s_demand));
        Assert.InRange(counting.Asked, 1, 100);
    }

    [Fact]
    public void MoreThanAnybodyNeeds_AreRefusedBeforeTheyCostAnything()
    {
        var root = LocalCertificate.Root("same", LocalKey.P256(), s_from, s_to);
        var many = Enumerable.Repeat(Read(root), CertificatePath.MostProvided + 1).ToList();
        Assert.Equal("11 certificates came with the signature; the most is 10", Assert.Throws<Refusal>(() => CertificatePath.Verify(Read(Leaf(root)), many, [Read(root)], s_demand)).Message);
    }

    [Fact]
    public void Path_OverWhatIsProvidedInAnyOrder_IsFound()
    {
        var root = LocalCertificate.Root("root", LocalKey.P256(), s_from, s_to);
        var upper = LocalCertificate.Root("upper", LocalKey.P256(), s_from, s_to);
        var crossed = LocalCertificate.Authority("upper", upper.Key, root, s_from, s_to, LocalCertificate.Usage(CertificateUse.TimeStamping));
        var leaf = Leaf(crossed);
        Certificate[] provided = [Read(LocalCertificate.Root("other", LocalKey.P256(), s_from, s_to)), Read(upper), Read(crossed)];
        foreach (var order in new[] { provided, [.. provided.Reverse()] })
            Assert.Equal(3, CertificatePath.Verify(Read(leaf), order, [Read(root)], s_demand).Count);
    }

    /// <summary>A trusted chain is the same for every bundle; a leaf is a new one each time.</summary>
    [Fact]
    public void Authority_IsHeldAgainstItsIssuerOnce_AndALeafEachTime()
    {
        var root = LocalCertificate.Root("root", LocalKey.P256(), s_from, s_to);
        var counting = new CountingKey(VerificationKey.FromSpki(root.Key.Spki));
        var (trusted, authority) = (Read(root) with { Key = counting }, LocalCertificate.Authority("authority", LocalKey.P256(), root, s_from, s_to));
        Certificate[] chain = [Read(authority), trusted];
        for (var i = 0; i < 3; i++) Assert.Equal(3, CertificatePath.Verify(Read(Leaf(authority)), [], chain, s_demand).Count);
        Assert.Equal(1, counting.Asked);
        var leaf = Read(Leaf(root));
        for (var i = 0; i < 3; i++) Assert.Equal(2, CertificatePath.Verify(leaf, [], chain, s_demand).Count);
        Assert.Equal(4, counting.Asked);
    }

    /// <summary>A token's other certificates are looked at only where the one that it names signed it.</summary>
    [Fact]
    public void Timestamp_ThatIsNotSigned_HasNoPathLookedFor()
    {
        var (ours, stranger) = (new LocalTimestampAuthority(s_from, s_to), new LocalTimestampAuthority(s_from, s_to));
        CertificateAuthority[] trusted = [new("tsa", [Read(ours.Root)], new(DateTimeOffset.MinValue, null))];
        var token = TimestampReader.ReadResponse(stranger.Stamp([1], LocalSigstore.SignedAt, withCertificate: true));
        Assert.Contains("a timestamp's signature does not hold", Assert.Throws<Refusal>(() => TimestampVerifier.Verify(token with { Signer = token.Signer with { Signature = [1] } }, [1], trusted)).Message, StringComparison.Ordinal);
        Assert.Contains("no timestamp authority", Assert.Throws<Refusal>(() => TimestampVerifier.Verify(token, [1], trusted)).Message, StringComparison.Ordinal);
    }

    private sealed class CountingKey(VerificationKey key) : VerificationKey(key.Spki)
    {
        public int Asked { get; private set; }

        public override string Name => key.Name;

        public override IReadOnlyList<SignatureScheme> Schemes => key.Schemes;

        public override bool Verify(SignatureScheme scheme, SignedData data, ReadOnlySpan<byte> signature)
        {
            Asked++;
            return key.Verify(scheme, data, signature);
        }
    }
}
