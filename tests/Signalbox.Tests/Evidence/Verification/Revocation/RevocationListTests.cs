using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Revocation;
using Signalbox.Tests.Evidence.Verification.Notation;

namespace Signalbox.Tests.Evidence.Verification.Revocation;

/// <summary>Revocation lists part by part: whose they are, whom they are about, and which tell not everything.</summary>
public sealed class RevocationListTests
{
    private static readonly Uri s_place = new("http://crl.example/a.crl");
    private static readonly NotationSigner s_signer = new();
    private static readonly RevocationSigner s_between = RevocationSigner.Of(s_signer.Chain[1], s_signer.Authorities[0]);
    private static readonly RevocationSigner s_root = RevocationSigner.Of(s_signer.Chain[2], s_signer.Authorities[1]);

    private static DateTimeOffset Now => LocalNotation.Now;

    private static Certificate At(int place) => CertificateReader.Read(s_signer.Chain[place].RawData);

    private static RevocationState OfLeaf(byte[] list) => RevocationList.Read(list, s_place, At(0), At(1), Now);

    private static RevocationState OfAuthority(byte[] list) => RevocationList.Read(list, s_place, At(1), At(2), Now);

    private static void Refused(string saying, Func<RevocationState> read) => Assert.Equal(saying, Assert.Throws<MalformedException>(() => read()).Message);

    /// <summary>The body of a list as it is written here, signed.</summary>
    private static byte[] Signed(Action<AsnWriter> write, byte[]? algorithm = null, bool withMore = false)
    {
        var body = LocalRevocation.Der(w =>
        {
            using (w.PushSequence()) write(w);
        });
        return LocalRevocation.Der(w =>
        {
            using var list = w.PushSequence();
            w.WriteEncodedValue(body);
            w.WriteEncodedValue(algorithm ?? s_between.Algorithm);
            w.WriteBitString(s_between.Sign(body));
            if (withMore) w.WriteNull();
        });
    }

    private static void Head(AsnWriter w, int? version = 1, byte[]? name = null)
    {
        if (version is { } number) w.WriteInteger(number);
        w.WriteEncodedValue(s_between.Algorithm);
        w.WriteEncodedValue(name ?? s_between.Name);
    }

    private static void Times(AsnWriter w)
    {
        w.WriteUtcTime(Now.AddHours(-1));
        w.WriteUtcTime(Now.AddHours(1));
    }

    [Fact]
    public void List_WithoutEntries_SaysThatNoneWasRevoked()
    {
        Assert.Equal(RevocationState.Good, OfLeaf(Signed(w =>
        {
            Head(w);
            Times(w);
        })));
        Assert.Equal(RevocationState.Good, OfLeaf(LocalRevocation.List(s_between, [])));
    }

    [Fact]
    public void List_NamesWhomItRevoked_InEachPlace()
    {
        foreach (var serials in new byte[][][] { [[3]], [[3], [4]], [[4], [3]], [[4], [3], [5]], [[3], [3]] }) Assert.Equal(RevocationState.Revoked, OfLeaf(LocalRevocation.List(s_between, serials)));
        Assert.Equal(RevocationState.Good, OfLeaf(LocalRevocation.List(s_between, [[4], [5], [0x03, 0x03]])));
        // an entry may say why
        Assert.Equal(RevocationState.Revoked, OfLeaf(LocalRevocation.List(s_between, [[3]], ofEntries: w => LocalRevocation.Extension(w, "2.5.29.21", false, [0x0a, 1, 1]))));
        Refused("an entry of the list has a critical extension, which is not understood", () => OfLeaf(LocalRevocation.List(s_between, [[4], [5]], ofEntries: w => LocalRevocation.Extension(w, "2.5.29.29", true, [0x30, 0]))));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(1, true)]
    [InlineData(0, false)]
    [InlineData(2, false)]
    public void List_IsOfVersionTwo_WhereItSaysOne(int? version, bool taken)
    {
        RevocationState Read() => OfLeaf(Signed(w =>
        {
            Head(w, version);
            Times(w);
        }));
        if (taken) Assert.Equal(RevocationState.Good, Read());
        else Refused("the list is not of version 2", Read);
    }

    [Fact]
    public void List_IsTheIssuers()
    {
        Refused("the list is of another issuer", () => OfLeaf(Signed(w =>
        {
            Head(w, name: s_root.Name);
            Times(w);
        })));
        Refused("the list is not signed by the certificate's issuer", () => OfLeaf(LocalRevocation.List(s_root with { Name = s_between.Name }, [])));
        Refused("the list is signed with an algorithm that is not understood", () => OfLeaf(Signed(Head1, LocalRevocation.Der(w => { using (w.PushSequence()) w.WriteObjectIdentifier("1.2.840.10045.4.1"); }))));
        Refused("the list is not well-formed DER", () => OfLeaf(Signed(Head1, withMore: true)));
        Refused("the list is not well-formed DER", () => OfLeaf([.. LocalRevocation.List(s_between, []), 0]));
        Refused("the list is not well-formed DER", () => OfLeaf(Signed(w =>
        {
            Head1(w);
            using (w.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (w.PushSequence()) LocalRevocation.Extension(w, "2.5.29.20", false, [2, 1, 7]);
            w.WriteNull();
        })));
    }

    private static void Head1(AsnWriter w)
    {
        Head(w);
        Times(w);
    }

    [Theory]
    [InlineData(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)]
    [InlineData(X509KeyUsageFlags.CrlSign, true)]
    [InlineData(X509KeyUsageFlags.KeyCertSign, false)]
    [InlineData(X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.EncipherOnly, true)]
    [InlineData(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.EncipherOnly, false)]
    [InlineData(null, true)]
    public void Issuer_MustBeAllowedToSignLists(X509KeyUsageFlags? usage, bool taken)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=issuer", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        if (usage is { } flags) request.CertificateExtensions.Add(new X509KeyUsageExtension(flags, critical: true));
        var issuer = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        RevocationState Read() => RevocationList.Read(LocalRevocation.List(RevocationSigner.Of(issuer, key), []), s_place, At(0), CertificateReader.Read(issuer.RawData), Now);
        if (taken) Assert.Equal(RevocationState.Good, Read());
        else Refused("issuer may not sign lists", Read);
    }

    [Fact]
    public void List_IsOfNow()
    {
        Refused("it is of 2026-06-01 12:05:01Z, which is in the future", () => OfLeaf(LocalRevocation.List(s_between, [], made: Now.AddSeconds(301))));
        Refused("it held until 2026-06-01 11:59:59Z", () => OfLeaf(LocalRevocation.List(s_between, [], next: Now.AddSeconds(-1))));
        Refused("it does not say until when it holds", () => OfLeaf(LocalRevocation.List(s_between, [[4]], withNext: false)));
        Refused("it does not say until when it holds", () => OfLeaf(Signed(w =>
        {
            Head(w);
            w.WriteUtcTime(Now.AddHours(-1));
        })));
        Assert.Equal(RevocationState.Good, OfLeaf(Signed(w =>
        {
            Head(w);
            w.WriteGeneralizedTime(Now.AddHours(-1), omitFractionalSeconds: true);
            w.WriteGeneralizedTime(Now, omitFractionalSeconds: true);
        })));
    }

    private static byte[] With(string oid, bool critical, byte[] value, RevocationSigner? by = null) => LocalRevocation.List(by ?? s_between, [], extensions: w => LocalRevocation.Extension(w, oid, critical, value));

    [Fact]
    public void Extension_ThatIsNotUnderstood_IsNotPassedOverWhereItIsCritical()
    {
        Assert.Equal(RevocationState.Good, OfLeaf(With("1.2.3.4", false, [5, 0])));
        Refused("the list has the critical extension 1.2.3.4, which is not understood", () => OfLeaf(With("1.2.3.4", true, [5, 0])));
        Refused("the list has deltas beside it, which are not read", () => OfLeaf(With("2.5.29.46", false, [0x30, 0])));
    }

    private static byte[] Scoped(RevocationSigner by, string? address, params int[] flags) => With("2.5.29.28", true, LocalRevocation.Scope(address, flags), by);

    [Fact]
    public void Scope_IncludesTheCertificate()
    {
        const string Users = "the list is not for certificates of authorities", Authorities = "the list is for certificates of authorities alone", Others = "the list is for some reasons alone, or of several issuers, which is not understood";
        Assert.Equal(RevocationState.Good, OfLeaf(Scoped(s_between, null)));
        Assert.Equal(RevocationState.Good, OfLeaf(Scoped(s_between, s_place.AbsoluteUri, 1)));
        Assert.Equal(RevocationState.Good, OfAuthority(Scoped(s_root, s_place.AbsoluteUri, 2)));
        Refused(Authorities, () => OfLeaf(Scoped(s_between, null, 2)));
        Refused(Users, () => OfAuthority(Scoped(s_root, null, 1)));
        Refused("the list is of another place than the certificate names", () => OfLeaf(Scoped(s_between, "http://crl.example/b.crl")));
        foreach (var flag in new[] { 3, 4, 5 }) Refused(Others, () => OfLeaf(Scoped(s_between, null, flag)));
    }

    [Fact]
    public void Scope_OfSeveralPlaces_IncludesEachOfThem()
    {
        byte[] Of(params string[] addresses) => LocalRevocation.Der(w =>
        {
            using (w.PushSequence())
            using (w.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (w.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                foreach (var address in addresses) w.WriteCharacterString(UniversalTagNumber.IA5String, address, new Asn1Tag(TagClass.ContextSpecific, 6));
        });
        Assert.Equal(RevocationState.Good, OfLeaf(With("2.5.29.28", true, Of("ldap://crl.example/a", "HTTP://CRL.example/a.crl"))));
        Refused("the list is of another place than the certificate names", () => OfLeaf(With("2.5.29.28", true, Of("not an address", "http://crl.example/b.crl"))));
        Refused("the list is of another place than the certificate names", () => OfLeaf(With("2.5.29.28", true, Of())));
    }
}
