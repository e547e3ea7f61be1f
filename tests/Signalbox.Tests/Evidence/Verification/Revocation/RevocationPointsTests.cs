using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Revocation;
using Signalbox.Tests.Evidence.Verification.Notation;

namespace Signalbox.Tests.Evidence.Verification.Revocation;

/// <summary>Where certificates say that their revocation is published, and what is asked there.</summary>
public sealed class RevocationPointsTests
{
    private const string Information = "1.3.6.1.5.5.7.1.1", Points = "2.5.29.31", Ocsp = "1.3.6.1.5.5.7.48.1", CaIssuers = "1.3.6.1.5.5.7.48.2";

    private static readonly ECDsa s_key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static Asn1Tag Tag(int number) => new(TagClass.ContextSpecific, number);

    private static void Address(AsnWriter w, string address) => w.WriteCharacterString(UniversalTagNumber.IA5String, address, Tag(6));

    private static Certificate With(params (string Oid, byte[] Value)[] extensions)
    {
        var request = new CertificateRequest("CN=a", s_key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        foreach (var (oid, value) in extensions) request.CertificateExtensions.Add(new(oid, value, critical: false));
        return CertificateReader.Read(request.CreateSelfSigned(LocalNotation.Now, LocalNotation.Now.AddDays(1)).RawData);
    }

    private static (string, byte[]) Responders(params (string Method, string Address)[] places) => (Information, LocalRevocation.Der(w =>
    {
        using var list = w.PushSequence();
        foreach (var (method, address) in places)
            using (w.PushSequence())
            {
                w.WriteObjectIdentifier(method);
                Address(w, address);
            }
    }));

    private static (string, byte[]) Lists(params string[] addresses) => (Points, LocalRevocation.Der(w =>
    {
        using var list = w.PushSequence();
        foreach (var address in addresses)
            using (w.PushSequence())
            using (w.PushSequence(Tag(0)))
            using (w.PushSequence(Tag(0)))
                Address(w, address);
    }));

    private static (string, byte[]) Point(Action<AsnWriter> write) => (Points, LocalRevocation.Der(w =>
    {
        using (w.PushSequence())
        using (w.PushSequence()) write(w);
    }));

    private static IEnumerable<string> Texts(IReadOnlyList<Uri> addresses) => addresses.Select(address => address.AbsoluteUri);

    private static void Refused(string saying, params (string, byte[])[] extensions) => Assert.Equal(saying, Assert.Throws<MalformedException>(() => RevocationPoints.Read(With(extensions))).Message);

    [Fact]
    public void Places_AreReadInOrder()
    {
        var points = RevocationPoints.Read(With(
            Responders((CaIssuers, "http://ca.example/a.cer"), (Ocsp, "http://a.example/"), (Ocsp, "https://b.example/ocsp")), Lists("http://crl.example/a", "https://crl.example/b")));
        Assert.Equal(["http://a.example/", "https://b.example/ocsp"], Texts(points.Responders));
        Assert.Equal(["http://crl.example/a", "https://crl.example/b"], Texts(points.Lists));
        Assert.Equal((true, true, false), (points.NamesResponders, points.NamesLists, points.IsEmpty));
    }

    [Fact]
    public void Nothing_IsSaidWhereNeitherIsNamed()
    {
        Assert.True(RevocationPoints.Read(With()).IsEmpty);
        Assert.True(RevocationPoints.Read(With(Responders((CaIssuers, "http://ca.example/a.cer")))).IsEmpty);
        Assert.False(RevocationPoints.Read(With(Responders((Ocsp, "http://a.example/")))).IsEmpty);
        Assert.False(RevocationPoints.Read(With(Lists("http://crl.example/a"))).IsEmpty);
        // also where it cannot be had, it is named
        Assert.False(RevocationPoints.Read(With(Lists())).IsEmpty);
    }

    [Theory]
    [InlineData("ldap://a.example/cn=a")]
    [InlineData("ftp://a.example/a")]
    [InlineData("/a")]
    [InlineData("not an address")]
    [InlineData("http://user@a.example/")]
    public void Place_ThatIsNotAskedByHttp_IsNamedAndNotUsable(string address)
    {
        var points = RevocationPoints.Read(With(Responders((Ocsp, address), (Ocsp, "http://a.example/")), Lists(address)));
        Assert.Equal(["http://a.example/"], Texts(points.Responders));
        Assert.Equal((true, true, 0), (points.NamesResponders, points.NamesLists, points.Lists.Count));
    }

    [Fact]
    public void Place_OfAnotherKindThanAnAddress_IsNamedAndNotUsable()
    {
        var points = RevocationPoints.Read(With(Point(w =>
        {
            using (w.PushSequence(Tag(0)))
            using (w.PushSequence(Tag(0)))
            {
                w.WriteCharacterString(UniversalTagNumber.IA5String, "a.example", Tag(2));
                Address(w, "http://crl.example/a");
            }
        })));
        Assert.Equal(["http://crl.example/a"], Texts(points.Lists));
    }

    [Fact]
    public void Address_IsLimited()
    {
        string Of(int length) => "http://a.example/" + new string('a', length - "http://a.example/".Length);
        Assert.Single(RevocationPoints.Read(With(Responders((Ocsp, Of(2048))))).Responders);
        Assert.Empty(RevocationPoints.Read(With(Responders((Ocsp, Of(2049))))).Responders);
    }

    [Fact]
    public void Places_AreFew()
    {
        (string, string)[] Of(int count) => [.. Enumerable.Range(0, count).Select(i => (Ocsp, $"http://a{i}.example/"))];
        string[] Named(int count) => [.. Enumerable.Range(0, count).Select(i => $"http://a{i}.example/")];
        Assert.Equal(5, RevocationPoints.Read(With(Responders(Of(5)))).Responders.Count);
        Assert.Equal(5, RevocationPoints.Read(With(Lists(Named(5)))).Lists.Count);
        Refused("a certificate names 6 places for its revocation; the most is 5", Responders(Of(6)));
        Refused("a certificate names 6 places for its revocation; the most is 5", Lists(Named(6)));
    }

    [Fact]
    public void Point_ThatDoesNotTellEverything_IsRefused()
    {
        static void Name(AsnWriter w)
        {
            using (w.PushSequence(Tag(0)))
            using (w.PushSequence(Tag(0))) Address(w, "http://crl.example/a");
        }
        Refused("a certificate's distribution point has no name", Point(_ => { }));
        Refused("a certificate's distribution point has no name", Point(w => w.WriteBitString([0x40], 6, Tag(1))));
        Refused("a certificate's revocation list is for some reasons alone, or by another issuer, which is not understood", Point(w =>
        {
            Name(w);
            w.WriteBitString([0x40], 6, Tag(1));
        }));
        Refused("a certificate's revocation list is for some reasons alone, or by another issuer, which is not understood", Point(w =>
        {
            Name(w);
            using (w.PushSequence(Tag(2))) Address(w, "http://crl.example/a");
        }));
        Refused("a distribution point is named relative to its issuer, which is not understood", Point(w =>
        {
            using (w.PushSequence(Tag(0)))
            using (w.PushSequence(Tag(1))) w.WriteNull();
        }));
        Refused("what a certificate says about its revocation is not well-formed DER", (Points, [0x30, 1]));
        Refused("what a certificate says about its revocation is not well-formed DER", (Information, [4, 0]));
        Refused("what a certificate says about its revocation is not well-formed DER", Point(w =>
        {
            using (w.PushSequence(Tag(0)))
            {
                using (w.PushSequence(Tag(0))) Address(w, "http://crl.example/a");
                w.WriteNull();
            }
        }));
    }

    [Fact]
    public void Answers_LeaveOpenWhatTheyMiss()
    {
        var answers = new RevocationAnswers();
        RevocationQuestion list = new(new("http://a.example/"), null), first = new(new("http://a.example/"), [1]), second = new(new("http://a.example/"), [2]);
        foreach (var question in new[] { list, first, second, list }) Assert.False(answers.TryGet(question, out _));
        Assert.Equal([list, first, second], answers.Open);
        answers.Take(first, [7]);
        answers.Take(second, null, "why not");
        Assert.Equal([list], answers.Open);
        Assert.True(answers.TryGet(new(new("http://a.example/"), [1]), out var had));
        Assert.Equal("07", Convert.ToHexStringLower(had.Answer!));
        Assert.True(answers.TryGet(second, out var none));
        Assert.Null(none.Answer);
        Assert.Equal("why not", none.Problem);
    }
}
