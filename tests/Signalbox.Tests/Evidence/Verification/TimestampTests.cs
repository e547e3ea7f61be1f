using System.Formats.Asn1;
using System.Security.Cryptography;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Timestamps;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>Time-stamp tokens (RFC 3161): each is valid but for one thing, and refused for that.</summary>
public sealed class TimestampTests
{
    private const string NotDer = "a timestamp is not well-formed DER";

    private static readonly DateTimeOffset s_at = LocalSigstore.SignedAt, s_from = s_at.AddYears(-1), s_to = s_at.AddYears(1);
    private static readonly byte[] s_stamped = [1, 2, 3];

    private static LocalTimestampAuthority Authority(params LocalExtension[] more) => new(s_from, s_to, true, more);

    // status, then the token: its kind and, wrapped, the signed data
    private static DerTree Data(DerTree response) => response[1][1][0];

    // behind version, digests and content stand certificates where there are some, and signers
    private static DerTree Signer(DerTree response) => Data(response).Parts[^1][0];

    private static readonly Dictionary<string, (string Reason, Action<DerTree> Change)> s_responses = new(StringComparer.Ordinal)
    {
        ["granted with modifications"] = ("a timestamp was not granted", response => response[0][0].Value = [1]),
        ["a status that is no number of ours"] = ("a timestamp was not granted", response => response[0][0].Value = [1, 0, 0, 0, 0]),
        ["two tokens"] = (NotDer, response => response.Parts.Add(response[1])),
        ["no token"] = (NotDer, response => response.Parts.RemoveAt(1)),
        ["another kind of content"] = ("a timestamp is not signed data", response => response[1][0].Value[^1] = 1),
        ["something behind the signed data's wrapper"] = (NotDer, response => response[1].Parts.Add(DerTree.Null)),
        ["something behind the signed data"] = (NotDer, response => response[1][1].Parts.Add(DerTree.Null)),
        ["another version"] = ("a timestamp's signed data is not of version 3", response => Data(response)[0].Value = [1]),
        ["something behind the signers"] = (NotDer, response => Data(response).Parts.Add(DerTree.Null)),
        ["signed content that is no time"] = ("a timestamp's content is not a TSTInfo", response => Data(response)[2][0].Value[^1] = 5),
        ["two contents"] = (NotDer, response => Data(response)[2][1].Parts.Add(Data(response)[2][1][0])),
        ["something behind the content"] = (NotDer, response => Data(response)[2].Parts.Add(DerTree.Null)),
        ["two signers"] = ("a timestamp has more than one signer", response => Data(response).Parts[^1].Parts.Add(Signer(response))),
        ["no signer"] = (NotDer, response => Data(response).Parts[^1].Parts.Clear()),
        ["a digest that is not listed"] = ("a timestamp's signer has another digest algorithm than it lists", response => Data(response)[1][0][0].Value[^1] = 2),
        ["no digest listed"] = ("a timestamp's signer has another digest algorithm than it lists", response => Data(response)[1].Parts.Clear()),
        ["another content than was signed"] = ("a timestamp's signed digest is not of its content", response => Data(response)[2][1][0].Inside(info => info[0].Value = [2])),

        ["a signer of another version"] = ("a timestamp's signer is not of version 1 or 3", response => Signer(response)[0].Value = [2]),
        ["a signer named by its issuer, as version 3"] = (NotDer, response => Signer(response)[0].Value = [3]),
        ["something behind the serial number"] = (NotDer, response => Signer(response)[1].Parts.Add(DerTree.Null)),
        ["a signer's digest that is not understood"] = ("a timestamp's digest algorithm is not understood", response => Signer(response)[2][0].Value[^1] = 9),
        ["a signature algorithm that is not understood"] = ("a timestamp's signature algorithm is not understood", response => Signer(response)[4][0].Value[^1] = 9),
        ["something behind the unsigned attributes"] = (NotDer, response => Signer(response).Parts.AddRange([DerTree.Null, DerTree.Null])),
    };

    private static readonly Dictionary<string, (string Reason, Action<DerTree> Change)> s_infos = new(StringComparer.Ordinal)
    {
        ["another version"] = ("a timestamp's TSTInfo is not of version 1", info => info[0].Value = [2]),
        ["a hash that is not understood"] = ("a timestamp's imprint has a hash that is not understood", info => info[2][0][0].Value[^1] = 9),
        ["something behind the imprint"] = (NotDer, info => info[2].Parts.Add(DerTree.Null)),
        ["no time"] = (NotDer, info => info.Parts.RemoveAt(4)),
        ["no serial number"] = (NotDer, info => info.Parts.RemoveAt(3)),
    };

    private static readonly Dictionary<string, (string Reason, Action<DerTree> Change)> s_attributes = new(StringComparer.Ordinal)
    {
        ["no content type"] = ("a timestamp lacks the signed attribute 1.2.840.113549.1.9.3", set => Remove(set, 3)),
        ["no digest"] = ("a timestamp lacks the signed attribute 1.2.840.113549.1.9.4", set => Remove(set, 4)),
        ["no certificate"] = ("a timestamp lacks the signed attribute 1.2.840.113549.1.9.16.2.12", set => Remove(set, 47)),
        ["another content type"] = ("a timestamp's signed content type is not TSTInfo", set => Attribute(set, 3)[1][0].Value[^1] = 5),
        ["another digest"] = ("a timestamp's signed digest is not of its content", set => Attribute(set, 4)[1][0].Value[0] ^= 1),
        ["an attribute twice"] = ("a timestamp has the attribute 1.2.840.113549.1.9.5 twice", set => set.Parts.Add(Attribute(set, 5))),
        ["something behind an attribute"] = (NotDer, set => Attribute(set, 5).Parts.Add(DerTree.Null)),
        ["a certificate's hash that is not understood"] = ("a timestamp names its certificate by a hash that is not understood", set => CertificateId(set).Parts.Insert(0, Algorithm("1.3.14.3.2.26"))),
    };

    public static TheoryData<string> Responses => [.. s_responses.Keys];

    public static TheoryData<string> Infos => [.. s_infos.Keys];

    public static TheoryData<string> SignedAttributes => [.. s_attributes.Keys];

    private static DerTree Attribute(DerTree set, byte number) => set.Parts.Single(attribute => attribute[0].Value[^1] == number);

    private static void Remove(DerTree set, byte number) => set.Parts.Remove(Attribute(set, number));

    // SigningCertificateV2: a list of lists of identifiers
    private static DerTree CertificateId(DerTree set) => Attribute(set, 47)[1][0][0][0];

    private static DerTree Algorithm(string oid) => DerTree.Write(w =>
    {
        using (w.PushSequence()) w.WriteObjectIdentifier(oid);
    });

    private static string Malformed(byte[] response) => Assert.Throws<MalformedException>(() => TimestampReader.ReadResponse(response)).Message;

    [Theory]
    [MemberData(nameof(Responses))]
    public void Response_WithOneThingWrong_IsRefusedForThat(string name) =>
        Assert.Equal(s_responses[name].Reason, Malformed(DerTree.Change(Authority().Stamp(s_stamped, s_at), s_responses[name].Change)));

    [Theory]
    [MemberData(nameof(Infos))]
    public void Info_WithOneThingWrong_IsRefusedForThat(string name)
    {
        var authority = Authority();
        authority.Info = s_infos[name].Change;
        Assert.Equal(s_infos[name].Reason, Malformed(authority.Stamp(s_stamped, s_at)));
    }

    [Theory]
    [MemberData(nameof(SignedAttributes))]
    public void Attribute_ThatIsWrong_IsRefusedForThat(string name)
    {
        var authority = Authority();
        authority.Attributes = s_attributes[name].Change;
        Assert.Equal(s_attributes[name].Reason, Malformed(authority.Stamp(s_stamped, s_at)));
    }

    [Fact]
    public void Token_WithSomethingBehindIt_IsRefused()
    {
        var authority = Authority();
        Assert.Equal(NotDer, Malformed([.. authority.Stamp(s_stamped, s_at), 0]));
        var token = authority.Token(s_stamped, s_at, withCertificate: false);
        Assert.Equal(s_at, TimestampReader.ReadToken(token).Info.At);
        Assert.Equal(NotDer, Assert.Throws<MalformedException>(() => TimestampReader.ReadToken((byte[])[.. token, 0])).Message);
    }

    [Fact]
    public void Token_OfMoreThanAnyHas_IsNotRead()
    {
        Assert.Equal(NotDer, Malformed(new byte[256 * 1024]));
        Assert.Equal("a timestamp has 262145 bytes; the most is 262144", Malformed(new byte[(256 * 1024) + 1]));
        byte[] With(int certificates) => DerTree.Change(Authority().Stamp(s_stamped, s_at, withCertificate: true), response =>
        {
            while (Data(response)[3].Parts.Count < certificates) Data(response)[3].Parts.Add(DerTree.Null);
        });
        Assert.Equal(10, TimestampReader.ReadResponse(With(10)).Certificates.Count);
        Assert.Equal("a timestamp brings more than 10 certificates", Malformed(With(11)));
    }

    /// <summary>Lists of revoked certificates, and attributes that nobody signed, decide nothing.</summary>
    [Fact]
    public void Token_WithWhatDecidesNothing_IsRead()
    {
        var authority = Authority();
        authority.Info = info => info.Parts.AddRange([Algorithm("1.2.3"), DerTree.Null]);
        var token = TimestampReader.ReadResponse(DerTree.Change(authority.Stamp(s_stamped, s_at, withCertificate: true), response =>
        {
            Data(response).Parts.Insert(4, DerTree.Write(w => w.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)).Dispose()));
            Signer(response).Parts.Add(DerTree.Null);
        }));
        Assert.Equal((s_at, 1), (token.Info.At, token.Certificates.Count));
    }

    private static CertificateAuthority Trusted(LocalTimestampAuthority authority, params LocalCertificate[] chain) =>
        new("tsa", [.. (chain.Length > 0 ? chain : [authority.Root]).Select(certificate => CertificateReader.Read(certificate.Der))], new(DateTimeOffset.MinValue, null));

    private static VerifiedTime Verify(byte[] response, params CertificateAuthority[] authorities) => TimestampVerifier.Verify(TimestampReader.ReadResponse(response), s_stamped, authorities);

    private static string Refused(byte[] response, params CertificateAuthority[] authorities) => Assert.Throws<Refusal>(() => Verify(response, authorities)).Message;

    private static string Nobody(DateTimeOffset at) => $"no timestamp authority that was trusted at {at:u} made the timestamp";

    private static readonly string s_nobody = Nobody(s_at);

    [Fact]
    public void Timestamp_OfATrustedAuthority_SaysWhen()
    {
        var (authority, stranger) = (Authority(), Authority());
        var stamp = authority.Stamp(s_stamped, s_at, withCertificate: true);
        Assert.Equal(new VerifiedTime("timestamp tsa", s_at), Verify(stamp, Trusted(authority)));
        Assert.Equal(new VerifiedTime("timestamp tsa", s_at), Verify(stamp, Trusted(stranger) with { Name = "stranger" }, Trusted(authority)));
        Assert.Equal(s_nobody, Refused(stamp, Trusted(stranger)));
        Assert.Equal(s_nobody, Refused(stamp));
        Assert.Equal(s_nobody, Refused(stamp, Trusted(authority) with { Window = new(s_at.AddTicks(1), null) }));
        Assert.Equal(s_nobody, Refused(authority.Stamp(s_stamped, s_at), Trusted(authority)));
        Assert.Equal("a timestamp is not over this signature", Refused(authority.Stamp([1], s_at), Trusted(authority)));
    }

    /// <summary>The signer's own certificate is trusted: what is above it must have issued it, or it stands alone.</summary>
    [Fact]
    public void Timestamp_OfATrustedSigner_NeedsItsChain_OrStandsAlone()
    {
        var authority = Authority();
        var stamp = authority.Stamp(s_stamped, s_at);
        Assert.Equal(s_at, Verify(stamp, Trusted(authority, authority.Signer, authority.Root)).At);
        Assert.Equal(s_at, Verify(stamp, Trusted(authority, authority.Signer)).At);
        Assert.Equal(s_nobody, Refused(stamp, Trusted(authority, authority.Signer, Authority().Root)));
        Assert.Equal(Nobody(s_to.AddSeconds(1)), Refused(authority.Stamp(s_stamped, s_to.AddSeconds(1)), Trusted(authority, authority.Signer)));
        Assert.Equal(s_to, Verify(authority.Stamp(s_stamped, s_to), Trusted(authority, authority.Signer)).At);
        var signer = CertificateReader.Read(authority.Signer.Der);
        var alone = Trusted(authority) with { Chain = [signer with { Extensions = [.. signer.Extensions.Where(extension => extension.Oid != "2.5.29.37")] }] };
        Assert.Equal(s_nobody, Refused(stamp, alone));
        var damaged = DerTree.Change(stamp, response => Signer(response)[5].Inside(signature => signature[0].Value[^1] ^= 1));
        Assert.Equal("a timestamp's signature does not hold", Refused(damaged, Trusted(authority, authority.Signer, authority.Root)));
    }

    [Fact]
    public void Timestamp_SignedByAnotherThanItNames_IsRefused()
    {
        var authority = Authority();
        byte[] Stamp(Action<DerTree> change)
        {
            authority.Attributes = change;
            return authority.Stamp(s_stamped, s_at, withCertificate: true);
        }
        Assert.Equal("a timestamp was signed with another certificate than it names", Refused(Stamp(set => CertificateId(set)[0].Value[0] ^= 1), Trusted(authority)));
        // the hash may be said, and may be another
        Assert.Equal(s_at, Verify(Stamp(set => CertificateId(set).Parts.Insert(0, Algorithm("2.16.840.1.101.3.4.2.1"))), Trusted(authority)).At);
        Assert.Equal(s_at, Verify(Stamp(set =>
        {
            CertificateId(set)[0].Value = SHA512.HashData(authority.Signer.Der);
            CertificateId(set).Parts.Insert(0, Algorithm("2.16.840.1.101.3.4.2.3"));
        }), Trusted(authority)).At);
        // as RFC 2634 has it, with SHA-1
        Assert.Equal(s_at, Verify(Stamp(set =>
        {
            CertificateId(set)[0].Value = CryptographicOperations.HashData(HashAlgorithmName.SHA1, authority.Signer.Der);
            Attribute(set, 47)[0].Value[^1] = 12;
        }), Trusted(authority)).At);
        var damaged = DerTree.Change(Stamp(_ => { }), response => Signer(response)[5].Inside(signature => signature[0].Value[^1] ^= 1));
        Assert.Equal("a timestamp's signature does not hold", Refused(damaged, Trusted(authority)));
    }

    [Fact]
    public void Signer_NamedByItsKeysId_IsFoundByIt()
    {
        var authority = Authority(new LocalExtension("2.5.29.14", false, [4, 1, 7]));
        byte[] Stamp(params byte[] id) => DerTree.Change(authority.Stamp(s_stamped, s_at, withCertificate: true), response =>
        {
            Signer(response)[0].Value = [3];
            Signer(response).Parts[1] = DerTree.Write(w => w.WriteOctetString(id, new Asn1Tag(TagClass.ContextSpecific, 0)));
        });
        Assert.Equal(s_at, Verify(Stamp(7), Trusted(authority)).At);
        Assert.Equal(s_nobody, Refused(Stamp(8), Trusted(authority)));
        // one without an identifier has none that is empty
        authority = Authority();
        Assert.Equal(s_nobody, Refused(Stamp(), Trusted(authority)));
    }

    [Fact]
    public void Signer_NamedByIssuerAndSerialNumber_IsFoundByBoth()
    {
        var authority = Authority();
        byte[] Stamp(Action<DerTree> change) => DerTree.Change(authority.Stamp(s_stamped, s_at, withCertificate: true), response => change(Signer(response)[1]));
        Assert.Equal(s_nobody, Refused(Stamp(name => name[1].Value[^1] ^= 1), Trusted(authority)));
        Assert.Equal(s_nobody, Refused(Stamp(name => name[0][0][0][1].Value[0] ^= 1), Trusted(authority)));
    }
}
