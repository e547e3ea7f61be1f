using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>What each certificate of a path must be: one that would do but for one thing breaks it.</summary>
public sealed class CertificateRulesTests
{
    private static readonly DateTimeOffset s_at = LocalSigstore.SignedAt, s_from = s_at.AddYears(-1), s_to = s_at.AddYears(1);
    private static readonly PathDemand s_demand = new(s_at, CertificateUse.CodeSigning);
    private static readonly LocalExtension s_signs = LocalCertificate.KeyUsage(0x80), s_issues = LocalCertificate.KeyUsage(0x06), s_code = LocalCertificate.Usage(CertificateUse.CodeSigning);

    private static Certificate Read(LocalCertificate certificate) => CertificateReader.Read(certificate.Der);

    private static LocalCertificate Root(params LocalExtension[] extensions) => LocalCertificate.Of("root", LocalKey.P256(), null, s_from, s_to, [LocalCertificate.BasicConstraints(null), s_issues, .. extensions]);

    private static LocalCertificate Leaf(LocalCertificate issuer, params LocalExtension[] extensions) => LocalCertificate.Of("leaf", LocalKey.P256(), issuer, s_from, s_to, [s_signs, s_code, .. extensions]);

    private static LocalCertificate Authority(LocalCertificate issuer, string name = "authority", int? pathLength = null) =>
        LocalCertificate.Of(name, LocalKey.P256(), issuer, s_from, s_to, LocalCertificate.BasicConstraints(pathLength), s_issues);

    private static IReadOnlyList<Certificate> Path(LocalCertificate leaf, LocalCertificate[] provided, params LocalCertificate[] trusted) =>
        CertificatePath.Verify(Read(leaf), [.. provided.Select(Read)], [.. trusted.Select(Read)], s_demand);

    private static string Refused(LocalCertificate leaf, LocalCertificate[] provided, params LocalCertificate[] trusted) =>
        Assert.Throws<Refusal>(() => Path(leaf, provided, trusted)).Message;

    private static string NotIssued(string leaf = "leaf") => $"the certificate of {leaf} was not issued by a trusted authority at {s_at:u}";

    [Fact]
    public void Leaf_MustBeOneThatSigns_ForThis_AtTheTime()
    {
        var root = Root();
        LocalCertificate Of(DateTimeOffset from, DateTimeOffset to, params LocalExtension[] extensions) => LocalCertificate.Of("leaf", LocalKey.P256(), root, from, to, extensions);
        Assert.Equal(2, Path(Of(s_at, s_at, s_signs, s_code), [], root).Count);
        Assert.Equal(2, Path(Of(s_from, s_to, s_code), [], root).Count);
        Assert.Equal($"the certificate is valid from {s_at.AddSeconds(1):u} to {s_to:u}, which does not include {s_at:u}", Refused(Of(s_at.AddSeconds(1), s_to, s_signs, s_code), [], root));
        Assert.Equal($"the certificate is valid from {s_from:u} to {s_at.AddSeconds(-1):u}, which does not include {s_at:u}", Refused(Of(s_from, s_at.AddSeconds(-1), s_signs, s_code), [], root));
        Assert.Equal("the signing certificate is one of an authority", Refused(Of(s_from, s_to, s_signs, s_code, LocalCertificate.BasicConstraints(null)), [], root));
        Assert.Equal("the certificate's key usage does not allow signing", Refused(Of(s_from, s_to, s_issues, s_code), [], root));
        Assert.Equal("the certificate is not for the usage 1.3.6.1.5.5.7.3.3", Refused(Of(s_from, s_to, s_signs, LocalCertificate.Usage(CertificateUse.TimeStamping)), [], root));
        Assert.Equal("the certificate is not for the usage 1.3.6.1.5.5.7.3.3", Refused(Of(s_from, s_to, s_signs), [], root));
    }

    private static readonly Dictionary<string, Func<LocalKey, LocalCertificate>> s_issuers = new(StringComparer.Ordinal)
    {
        ["of another name"] = key => LocalCertificate.Of("another", key, null, s_from, s_to, LocalCertificate.BasicConstraints(null), s_issues),
        ["of another key"] = _ => LocalCertificate.Of("root", LocalKey.P256(), null, s_from, s_to, LocalCertificate.BasicConstraints(null), s_issues),
        ["of another key's id"] = key => LocalCertificate.Of("root", key, null, s_from, s_to, LocalCertificate.BasicConstraints(null), s_issues, new("2.5.29.14", false, [4, 1, 8])),
        ["that has ended"] = key => LocalCertificate.Of("root", key, null, s_from, s_at.AddSeconds(-1), LocalCertificate.BasicConstraints(null), s_issues),
        ["that has not begun"] = key => LocalCertificate.Of("root", key, null, s_at.AddSeconds(1), s_to, LocalCertificate.BasicConstraints(null), s_issues),
        ["that is no authority"] = key => LocalCertificate.Of("root", key, null, s_from, s_to, s_issues),
        ["whose key may not issue"] = key => LocalCertificate.Of("root", key, null, s_from, s_to, LocalCertificate.BasicConstraints(null), s_signs),
        ["for something else"] = key => LocalCertificate.Of("root", key, null, s_from, s_to, LocalCertificate.BasicConstraints(null), s_issues, LocalCertificate.Usage(CertificateUse.TimeStamping)),
    };

    public static TheoryData<string> Issuers => [.. s_issuers.Keys];

    [Theory]
    [MemberData(nameof(Issuers))]
    public void Issuer_ThatFailsInOneThing_IssuedNothing(string name)
    {
        var key = LocalKey.P256();
        var good = LocalCertificate.Of("root", key, null, s_from, s_to, LocalCertificate.BasicConstraints(null), s_issues, new("2.5.29.14", false, [4, 1, 7]));
        // the leaf names its issuer's key
        var leaf = Leaf(good, new LocalExtension("2.5.29.35", false, [0x30, 3, 0x80, 1, 7]));
        Assert.Equal(2, Path(leaf, [], good).Count);
        Assert.Equal(NotIssued(), Refused(leaf, [], s_issuers[name](key)));
    }

    [Fact]
    public void KeyIds_ThatOnlyOneSideSays_AgreeWithAnything()
    {
        var (silent, named) = (Root(), Root(new LocalExtension("2.5.29.14", false, [4, 1, 7])));
        Assert.Equal(2, Path(Leaf(silent, new LocalExtension("2.5.29.35", false, [0x30, 3, 0x80, 1, 9])), [], silent).Count);
        Assert.Equal(2, Path(Leaf(named), [], named).Count);
    }

    /// <summary>The rest of a trusted chain must hold too, to its anchor.</summary>
    [Fact]
    public void TrustedChain_ThatDoesNotHoldAbove_IsNoPath()
    {
        var root = Root();
        var authority = Authority(root);
        var leaf = Leaf(authority);
        Assert.Equal(["leaf", "authority", "root"], Path(leaf, [], authority, root).Select(certificate => certificate.SubjectName));
        Assert.Equal(NotIssued(), Refused(leaf, [], authority, Root()));
        Assert.Equal(NotIssued(), Refused(leaf, [], authority, root, Root()));
        Assert.Equal(["leaf", "authority", "root"], Path(leaf, [authority], root).Select(certificate => certificate.SubjectName));
        Assert.Equal(NotIssued(), Refused(leaf, [root], Root()));
        Assert.Equal(NotIssued(), Refused(leaf, [], root));
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(0, 1, false)]
    [InlineData(1, 1, true)]
    [InlineData(1, 2, false)]
    [InlineData(null, 3, true)]
    public void PathLength_IsHowManyAuthoritiesMayFollow(int? pathLength, int authorities, bool isFound)
    {
        var root = LocalCertificate.Of("root", LocalKey.P256(), null, s_from, s_to, LocalCertificate.BasicConstraints(pathLength), s_issues);
        var provided = new List<LocalCertificate>();
        for (var i = 0; i < authorities; i++) provided.Add(Authority(i == 0 ? root : provided[^1], $"authority {i}"));
        var leaf = Leaf(authorities == 0 ? root : provided[^1]);
        if (isFound) Assert.Equal(authorities + 2, Path(leaf, [.. provided], root).Count);
        else Assert.Equal(NotIssued(), Refused(leaf, [.. provided], root));
    }

    /// <summary>An authority that issues itself anew, with another key, takes nothing of the length.</summary>
    [Fact]
    public void PathLength_DoesNotCountWhatIsSelfIssued()
    {
        var root = LocalCertificate.Of("root", LocalKey.P256(), null, s_from, s_to, LocalCertificate.BasicConstraints(0), s_issues);
        var renewed = LocalCertificate.Of("root", LocalKey.P256(), root, s_from, s_to, LocalCertificate.BasicConstraints(0), s_issues);
        Assert.Equal(3, Path(Leaf(renewed), [renewed], root).Count);
    }

    [Theory]
    [InlineData(7, true)]
    [InlineData(8, false)]
    public void Path_OfMoreThanAnyHierarchyHas_IsNotLookedFor(int authorities, bool isFound)
    {
        var root = Root();
        var provided = new List<LocalCertificate> { Authority(root, "authority 0") };
        while (provided.Count < authorities) provided.Add(Authority(provided[^1], $"authority {provided.Count}"));
        var leaf = Leaf(provided[^1]);
        if (isFound) Assert.Equal(authorities + 2, Path(leaf, [.. provided], root).Count);
        else Assert.Equal(NotIssued(), Refused(leaf, [.. provided], root));
    }

    [Fact]
    public void Provided_UpToTen_AreLookedAt()
    {
        var (root, stranger) = (Root(), Root());
        Assert.Equal(2, Path(Leaf(root), [.. Enumerable.Repeat(stranger, 10)], root).Count);
        Assert.Equal("11 certificates came with the signature; the most is 10", Refused(Leaf(root), [.. Enumerable.Repeat(stranger, 11)], root));
    }

    /// <summary>Whose key signed an authority is looked at once, of each that could have issued it; a leaf's issuer each time.</summary>
    [Fact]
    public void Authority_IsHeldAgainstEachIssuerAnew()
    {
        var root = Root();
        var authority = Read(Authority(root));
        var (good, same, other) = (Read(root), Read(root), Read(Root()));
        for (var i = 0; i < 2; i++)
        {
            Assert.True(IssuedPairs.Verify(good, authority));
            Assert.False(IssuedPairs.Verify(other, authority));
            Assert.True(IssuedPairs.Verify(same, authority));
        }
        var damaged = authority with { Signature = new byte[authority.Signature.Length] };
        Assert.False(IssuedPairs.Verify(good, damaged));
        Assert.False(IssuedPairs.Verify(good, damaged));
    }
}
