using System.Formats.Asn1;
using System.Security.Cryptography;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Keys;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>The signature algorithms that are understood, and no other.</summary>
public sealed class SignatureAlgorithmsTests
{
    private const string Sha256 = "2.16.840.1.101.3.4.2.1", Sha384 = "2.16.840.1.101.3.4.2.2", Sha512 = "2.16.840.1.101.3.4.2.3", Sha1 = "1.3.14.3.2.26";
    private const string Mask1 = "1.2.840.113549.1.1.8";

    private static byte[] Identifier(string oid, Action<AsnWriter>? parameters = null) => LocalCertificate.Der1(w =>
    {
        using (w.PushSequence())
        {
            w.WriteObjectIdentifier(oid);
            parameters?.Invoke(w);
        }
    });

    private static string? Read(byte[] identifier, HashAlgorithmName? digest = null) => SignatureAlgorithms.Read(new AsnReader(identifier, AsnEncodingRules.DER).ReadSequence(), digest)?.ToString();

    [Theory]
    [InlineData("1.2.840.10045.4.3.2", nameof(SignatureScheme.EcdsaSha256))]
    [InlineData("1.2.840.10045.4.3.3", nameof(SignatureScheme.EcdsaSha384))]
    [InlineData("1.2.840.10045.4.3.4", nameof(SignatureScheme.EcdsaSha512))]
    [InlineData("1.2.840.113549.1.1.11", nameof(SignatureScheme.RsaPkcs1Sha256))]
    [InlineData("1.2.840.113549.1.1.12", nameof(SignatureScheme.RsaPkcs1Sha384))]
    [InlineData("1.2.840.113549.1.1.13", nameof(SignatureScheme.RsaPkcs1Sha512))]
    [InlineData("1.3.101.112", nameof(SignatureScheme.Ed25519))]
    [InlineData("1.2.840.113549.1.1.5", null)]
    [InlineData("1.2.840.10045.4.1", null)]
    [InlineData("1.2.840.113549.1.1.1", null)]
    [InlineData("1.2.840.10045.2.1", null)]
    public void Algorithm_IsKnownByItsName_WithNothingBesideIt(string oid, string? scheme)
    {
        Assert.Equal(scheme, Read(Identifier(oid)));
        Assert.Equal(scheme, Read(Identifier(oid, w => w.WriteNull())));
        Assert.Null(Read(Identifier(oid, w => w.WriteInteger(1))));
        Assert.Null(Read(Identifier(oid, w =>
        {
            w.WriteNull();
            w.WriteNull();
        })));
    }

    [Theory]
    [InlineData("1.2.840.113549.1.1.1", "SHA256", nameof(SignatureScheme.RsaPkcs1Sha256))]
    [InlineData("1.2.840.113549.1.1.1", "SHA384", nameof(SignatureScheme.RsaPkcs1Sha384))]
    [InlineData("1.2.840.113549.1.1.1", "SHA512", nameof(SignatureScheme.RsaPkcs1Sha512))]
    [InlineData("1.2.840.113549.1.1.1", "SHA1", null)]
    [InlineData("1.2.840.10045.2.1", "SHA256", nameof(SignatureScheme.EcdsaSha256))]
    [InlineData("1.2.840.10045.2.1", "SHA384", nameof(SignatureScheme.EcdsaSha384))]
    [InlineData("1.2.840.10045.2.1", "SHA512", nameof(SignatureScheme.EcdsaSha512))]
    [InlineData("1.2.840.10045.2.1", "SHA1", null)]
    [InlineData("1.2.840.10045.4.3.2", "SHA512", nameof(SignatureScheme.EcdsaSha256))]
    public void KeysAlgorithm_IsUsedWithTheDigestThatIsNamedApart(string oid, string digest, string? scheme) => Assert.Equal(scheme, Read(Identifier(oid), new(digest)));

    [Theory]
    [InlineData(Sha256, "SHA256")]
    [InlineData(Sha384, "SHA384")]
    [InlineData(Sha512, "SHA512")]
    [InlineData(Sha1, null)]
    public void Hash_IsKnownByItsName_WithNothingBesideIt(string oid, string? name)
    {
        string? Hash(byte[] identifier) => SignatureAlgorithms.ReadHash(new(identifier, AsnEncodingRules.DER))?.Name;
        Assert.Equal((name, name, null), (Hash(Identifier(oid)), Hash(Identifier(oid, w => w.WriteNull())), Hash(Identifier(oid, w => w.WriteInteger(1)))));
    }

    /// <summary>RSASSA-PSS: one hash for both, a salt of its length, and nothing left to a default.</summary>
    private static byte[] Pss(string hash = Sha256, string mask = Mask1, string maskHash = Sha256, int salt = 32, int without = -1, bool more = false) => Identifier("1.2.840.113549.1.1.10", w =>
    {
        using var parameters = w.PushSequence();
        if (without != 0) Tagged(w, 0, () => w.WriteEncodedValue(Identifier(hash)));
        if (without != 1) Tagged(w, 1, () => w.WriteEncodedValue(Identifier(mask, inner => inner.WriteEncodedValue(Identifier(maskHash)))));
        if (without != 2) Tagged(w, 2, () => w.WriteInteger(salt));
        if (more) Tagged(w, 3, () => w.WriteInteger(1));
    });

    private static void Tagged(AsnWriter w, int number, Action write)
    {
        using (w.PushSequence(new Asn1Tag(TagClass.ContextSpecific, number))) write();
    }

    [Theory]
    [InlineData(Sha256, 32, nameof(SignatureScheme.RsaPssSha256))]
    [InlineData(Sha384, 48, nameof(SignatureScheme.RsaPssSha384))]
    [InlineData(Sha512, 64, nameof(SignatureScheme.RsaPssSha512))]
    [InlineData(Sha256, 20, null)]
    [InlineData(Sha384, 32, null)]
    [InlineData(Sha512, 48, null)]
    [InlineData(Sha1, 20, null)]
    public void Pss_HasASaltOfItsHashsLength(string hash, int salt, string? scheme) => Assert.Equal(scheme, Read(Pss(hash, maskHash: hash, salt: salt)));

    [Fact]
    public void Pss_WithAnythingElse_IsNotUnderstood()
    {
        Assert.Null(Read(Pss(mask: Sha256)));
        Assert.Null(Read(Pss(maskHash: Sha512)));
        Assert.Null(Read(Pss(maskHash: Sha1)));
        Assert.Null(Read(Pss(without: 0)));
        Assert.Null(Read(Pss(without: 1)));
        Assert.Null(Read(Pss(without: 2)));
        Assert.Null(Read(Pss(more: true)));
        Assert.Throws<AsnContentException>(() => Read(DerTree.Change(Pss(), identifier => identifier.Parts.Add(DerTree.Null))));
    }
}
