using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Keys;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>Public keys: which are read, and which signatures hold under them.</summary>
public sealed class KeyTests
{
    private static readonly byte[] s_data = Encoding.UTF8.GetBytes("hello\n");

    private static VerificationKey Read(byte[] spki) => VerificationKey.FromSpki(spki);

    private static string Refused(byte[] spki) => Assert.Throws<MalformedException>(() => Read(spki)).Message;

    private static string Refused(LocalKey key, Action<DerTree> change) => Refused(DerTree.Change(key.Spki, change));

    [Fact]
    public void Key_OfEachKind_IsNamed_AndSignsAsItsKindDoes()
    {
        void Is(LocalKey key, string name, params SignatureScheme[] schemes)
        {
            var read = Read(key.Spki);
            Assert.Equal(name, read.Name);
            Assert.Equal(schemes, read.Schemes);
            Assert.Equal(SHA256.HashData(key.Spki), read.Digest);
        }
        Is(LocalKey.P256(), "ECDSA P-256", SignatureScheme.EcdsaSha256);
        Is(LocalKey.P384(), "ECDSA P-384", SignatureScheme.EcdsaSha384, SignatureScheme.EcdsaSha256);
        Is(LocalKey.P521(), "ECDSA P-521", SignatureScheme.EcdsaSha512, SignatureScheme.EcdsaSha256);
        Is(LocalKey.RsaPkcs1(), "RSA 2048", SignatureScheme.RsaPkcs1Sha256, SignatureScheme.RsaPssSha256);
        Is(LocalKey.Ed25519(), "Ed25519", SignatureScheme.Ed25519, SignatureScheme.Ed25519Ph);
    }

    [Fact]
    public void EcdsaKey_ThatIsNoUncompressedPointOfANamedCurve_IsRefused()
    {
        const string NoPoint = "an ECDSA key is not an uncompressed point of its curve", Malformed = "a public key is malformed";
        Assert.Equal(NoPoint, Refused(LocalKey.P256(), key => key[1].Value[1] = 2));
        Assert.Equal(NoPoint, Refused(LocalKey.P256(), key => key[1].Value = [.. key[1].Value, 0]));
        Assert.Equal(NoPoint, Refused(LocalKey.P256(), key => key[1].Value = [0, 4]));
        Assert.Equal(NoPoint, Refused(LocalKey.P256(), key =>
        {
            key[1].Value[0] = 1;
            key[1].Value[^1] &= 0xfe;
        }));
        Assert.Equal(NoPoint, Refused(LocalKey.P256(), key => key[0][1].Value = [0x2b, 0x81, 4, 0, 0x22]));
        Assert.Equal("the curve 1.3.132.0.10 is not understood; expected P-256, P-384 or P-521", Refused(LocalKey.P256(), key => key[0][1].Value = [0x2b, 0x81, 4, 0, 10]));
        Assert.Equal(Malformed, Refused(LocalKey.P256(), key => key[0].Parts.Add(DerTree.Null)));
        Assert.Equal(Malformed, Refused(LocalKey.P256(), key => key.Parts.Add(DerTree.Null)));
        Assert.Equal(Malformed, Refused(LocalKey.P256(), key => key[0].Parts.RemoveAt(1)));
        Assert.Equal(Malformed, Refused([.. LocalKey.P256().Spki, 0]));
    }

    [Fact]
    public void Ed25519Key_ThatIsNoPoint_IsRefused()
    {
        const string NoPoint = "an Ed25519 key is not a point of the curve's prime order group", Malformed = "a public key is malformed";
        // the neutral element, which is of order one
        Assert.Equal(NoPoint, Refused(LocalKey.Ed25519(), key => key[1].Value = [0, 1, .. new byte[31]]));
        Assert.Equal(NoPoint, Refused(LocalKey.Ed25519(), key => key[1].Value = key[1].Value[..^1]));
        Assert.Equal(NoPoint, Refused(LocalKey.Ed25519(), key => key[1].Value = [.. key[1].Value, 0]));
        Assert.Equal(NoPoint, Refused(LocalKey.Ed25519(), key =>
        {
            key[1].Value[0] = 1;
            key[1].Value[^1] &= 0xfe;
        }));
        Assert.Equal(Malformed, Refused(LocalKey.Ed25519(), key => key[0].Parts.Add(DerTree.Null)));
        Assert.Equal(Malformed, Refused(LocalKey.Ed25519(), key => key.Parts.Add(DerTree.Null)));
        Assert.Equal(Malformed, Refused([.. LocalKey.Ed25519().Spki, 0]));
        var own = LocalKey.Ed25519();
        Assert.Equal(own.Spki[^32..], Assert.IsType<Ed25519Key>(Read(own.Spki)).Raw.ToArray());
    }

    /// <summary>No key that anybody has: the highest and the lowest bit are set.</summary>
    private static byte[] RsaPublicKey(int bits) => LocalCertificate.Der1(w =>
    {
        using (w.PushSequence())
        {
            w.WriteInteger((BigInteger.One << (bits - 1)) + 1);
            w.WriteInteger(65537);
        }
    });

    private static byte[] RsaSpki(int bits) => LocalCertificate.Der1(w =>
    {
        using (w.PushSequence())
        {
            using (w.PushSequence())
            {
                w.WriteObjectIdentifier("1.2.840.113549.1.1.1");
                w.WriteNull();
            }
            w.WriteBitString(RsaPublicKey(bits));
        }
    });

    [Theory]
    [InlineData(2040, false)]
    [InlineData(2048, true)]
    [InlineData(8192, true)]
    [InlineData(8200, false)]
    public void RsaKey_IsOfThoseSizesThatAreNeitherWeakNorSlow(int bits, bool isRead)
    {
        const string Size = "an RSA key has fewer than 2048 or more than 8192 bits";
        if (isRead) Assert.Equal(($"RSA {bits}", $"RSA {bits}"), (Read(RsaSpki(bits)).Name, RsaKey.FromPkcs1(RsaPublicKey(bits)).Name));
        else Assert.Equal((Size, Size), (Refused(RsaSpki(bits)), Assert.Throws<MalformedException>(() => RsaKey.FromPkcs1(RsaPublicKey(bits))).Message));
    }

    [Fact]
    public void RsaKey_WithSomethingBehindIt_IsRefused()
    {
        Assert.Throws<MalformedException>(() => Read([.. RsaSpki(2048), 0]));
        Assert.Equal("an RSA public key is malformed", Assert.Throws<MalformedException>(() => RsaKey.FromPkcs1(new byte[] { 5, 0 })).Message);
        Assert.Equal("a public key is malformed", Refused(DerTree.Change(RsaSpki(2048), key => key[1].Value = [0, 5, 0])));
    }

    [Fact]
    public void Key_OfAnotherAlgorithm_IsRefused()
    {
        Assert.Equal("keys of the algorithm 1.2.840.10040.4.1 are not understood; expected ECDSA, RSA or Ed25519", Refused(LocalKey.P256(), key => key[0][0].Value = [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1]));
        Assert.Equal("a public key is malformed", Refused([]));
        Assert.Equal("a public key is malformed", Refused([5, 0]));
    }

    [Fact]
    public void Signature_HoldsUnderItsSchemeAlone()
    {
        void Holds(LocalKey key, SignatureScheme scheme)
        {
            var (read, signature) = (Read(key.Spki), key.Sign(s_data));
            foreach (var tried in Enum.GetValues<SignatureScheme>()) Assert.Equal(tried == scheme, read.Verify(tried, s_data, signature));
            Assert.False(read.Verify(scheme, new byte[] { 1 }, signature));
            Assert.False(Read(LocalKeyLike(key).Spki).Verify(scheme, s_data, signature));
        }
        Holds(LocalKey.P256(), SignatureScheme.EcdsaSha256);
        Holds(LocalKey.P384(), SignatureScheme.EcdsaSha384);
        Holds(LocalKey.P384WithSha256(), SignatureScheme.EcdsaSha256);
        Holds(LocalKey.P521(), SignatureScheme.EcdsaSha512);
        Holds(LocalKey.RsaPkcs1(), SignatureScheme.RsaPkcs1Sha256);
        Holds(LocalKey.RsaPss(), SignatureScheme.RsaPssSha256);
        Holds(LocalKey.Ed25519(), SignatureScheme.Ed25519);
    }

    private static LocalKey LocalKeyLike(LocalKey key) => key.Spki.Length switch { 44 => LocalKey.Ed25519(), 91 => LocalKey.P256(), 120 => LocalKey.P384(), 158 => LocalKey.P521(), _ => LocalKey.RsaPkcs1() };

    [Theory]
    [InlineData(nameof(SignatureScheme.RsaPkcs1Sha256), "SHA256")]
    [InlineData(nameof(SignatureScheme.RsaPkcs1Sha384), "SHA384")]
    [InlineData(nameof(SignatureScheme.RsaPkcs1Sha512), "SHA512")]
    [InlineData(nameof(SignatureScheme.RsaPssSha256), "SHA256")]
    [InlineData(nameof(SignatureScheme.RsaPssSha384), "SHA384")]
    [InlineData(nameof(SignatureScheme.RsaPssSha512), "SHA512")]
    public void RsaSignature_OfEachHash_Holds(string name, string hash)
    {
        using var key = RSA.Create(2048);
        var scheme = Enum.Parse<SignatureScheme>(name);
        var signature = key.SignData(s_data, new(hash), name.Contains("Pss", StringComparison.Ordinal) ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
        foreach (var tried in Enum.GetValues<SignatureScheme>()) Assert.Equal(tried == scheme, Read(key.ExportSubjectPublicKeyInfo()).Verify(tried, s_data, signature));
        Assert.False(Read(key.ExportSubjectPublicKeyInfo()).Verify(scheme, SignedData.OfHashes([]), signature));
    }

    /// <summary>Only DER's one encoding of two numbers of the curve's size.</summary>
    [Fact]
    public void EcdsaSignature_InAnotherEncoding_DoesNotHold()
    {
        var key = LocalKey.P256();
        var (read, good) = (Assert.IsType<EcdsaKey>(Read(key.Spki)), key.Sign(s_data));
        bool Holds(byte[] signature) => read.Verify(SignatureScheme.EcdsaSha256, s_data, signature);
        bool Changed(Action<DerTree> change) => Holds(DerTree.Change(good, change));
        Assert.True(Holds(good));
        Assert.False(Holds([.. good, 0]));
        Assert.False(Holds([]));
        Assert.False(Changed(pair => pair.Parts.Add(DerTree.Null)));
        Assert.False(Changed(pair => pair.Parts.RemoveAt(1)));
        Assert.False(Changed(pair => pair[0].Value = [0]));
        Assert.False(Changed(pair => pair[1].Value = [0]));
        Assert.False(Changed(pair => pair[0].Value = [0xff]));
        Assert.False(Changed(pair => pair[0].Value = [1, .. new byte[32]]));
        Assert.False(Changed(pair => pair[1].Value = [1, .. new byte[32]]));
        byte[] whole = [.. Fixed(good, 0), .. Fixed(good, 1)];
        Assert.True(read.VerifyFixed(SignatureScheme.EcdsaSha256, SignedData.Of(s_data), whole));
        Assert.False(read.VerifyFixed(SignatureScheme.EcdsaSha256, SignedData.Of(s_data), whole.AsSpan()[..^1]));
        Assert.False(read.VerifyFixed(SignatureScheme.EcdsaSha256, SignedData.Of(s_data), [.. whole, 0]));
        Assert.False(read.VerifyFixed(SignatureScheme.EcdsaSha256, SignedData.OfHashes([]), whole));
        Assert.False(read.Verify(SignatureScheme.EcdsaSha256, SignedData.OfHashes([]), good));
    }

    private static byte[] Fixed(byte[] signature, int index)
    {
        var number = new BigInteger(DerTree.Read(signature)[index].Value, isUnsigned: true, isBigEndian: true).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - number.Length], .. number];
    }

    /// <summary>A number that happens to be short is padded to the curve's width: one of each pair here has thirty bytes.</summary>
    [Theory]
    [InlineData("3044021f00f26e4ed028640080253fea55f1416e685fe21e39d365c5855d55c4f0eba1022100ed7d8f2d040c9f3e2e95935ea56d172527727276b59c69980221255f1fdf6118")]
    [InlineData("3042022032f909da26355a935d1675a325fd5951f45e8c0095fc0ca6eb566a0ca7cbb87a021e604f6970e0fc825cccd1d5b30196d700a8569fc94195b5eb23622f69694b")]
    public void EcdsaSignature_WithAShortNumber_Holds(string hex) => Assert.True(
        Read(Convert.FromHexString("3059301306072a8648ce3d020106082a8648ce3d0301070342000497cda9bb1d8333c53208990fd7ef6d5ac9af6bcde9a87424d2c612a67e4e991b75518e660237afd9b0871afc048a203ddc357316f1311608e795b7aa9362f41a"))
            .Verify(SignatureScheme.EcdsaSha256, s_data, Convert.FromHexString(hex)));

    [Fact]
    public void Ed25519Signature_IsOverTheBytesOrTheirHash()
    {
        var key = LocalKey.Ed25519();
        var (read, signature) = (Read(key.Spki), key.Sign(s_data));
        Assert.True(read.Verify(SignatureScheme.Ed25519, s_data, signature));
        Assert.False(read.Verify(SignatureScheme.Ed25519, s_data, signature.AsSpan(0, 63)));
        Assert.False(read.Verify(SignatureScheme.Ed25519, s_data, [.. signature, 0]));
        Assert.False(read.Verify(SignatureScheme.Ed25519, SignedData.OfHashes([(HashAlgorithmName.SHA512, SHA512.HashData(s_data))]), signature));
        // RFC 8032 section 7.3
        var abc = Read([.. Convert.FromHexString("302a300506032b6570032100"), .. Convert.FromHexString("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf")]);
        var prehashed = Convert.FromHexString("98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406");
        Assert.True(abc.Verify(SignatureScheme.Ed25519Ph, "abc"u8.ToArray(), prehashed));
        Assert.True(abc.Verify(SignatureScheme.Ed25519Ph, SignedData.OfHashes([(HashAlgorithmName.SHA512, SHA512.HashData("abc"u8))]), prehashed));
        Assert.False(abc.Verify(SignatureScheme.Ed25519, "abc"u8.ToArray(), prehashed));
        Assert.False(abc.Verify(SignatureScheme.Ed25519Ph, SignedData.OfHashes([(HashAlgorithmName.SHA256, SHA256.HashData("abc"u8))]), prehashed));
    }

    [Fact]
    public void Hash_IsWhatIsKnownOrCanBeTaken()
    {
        var known = SignedData.OfHashes([(HashAlgorithmName.SHA256, [1]), (HashAlgorithmName.SHA512, [2])]);
        Assert.Equal([1], known.Hash(HashAlgorithmName.SHA256));
        Assert.Equal([2], known.Hash(HashAlgorithmName.SHA512));
        Assert.Null(known.Hash(HashAlgorithmName.SHA384));
        Assert.Null(known.Bytes);
        var data = SignedData.Of(s_data);
        Assert.Equal(SHA384.HashData(s_data), data.Hash(HashAlgorithmName.SHA384));
        Assert.Same(data.Hash(HashAlgorithmName.SHA384), data.Hash(HashAlgorithmName.SHA384));
    }

    [Theory]
    [InlineData("SHA2_256", "sha256", "SHA256", 32)]
    [InlineData("SHA2_384", "sha384", "SHA384", 48)]
    [InlineData("SHA2_512", "sha512", "SHA512", 64)]
    [InlineData("SHA1", "sha1", null, 0)]
    [InlineData("sha256", "SHA256", null, 0)]
    public void HashName_OfEachFormat_IsOneOfThree(string protobuf, string digest, string? name, int bytes)
    {
        Assert.Equal((name, name), (HashNames.FromProtobuf(protobuf)?.Name, HashNames.FromDigest(digest)?.Name));
        if (name is not null) Assert.Equal(bytes, HashNames.Bytes(new(name)));
    }

    [Fact]
    public void Scheme_HasItsHash() => Assert.Equal(
        "SHA256 SHA384 SHA512 SHA256 SHA384 SHA512 SHA256 SHA384 SHA512 none SHA512",
        string.Join(' ', Enum.GetValues<SignatureScheme>().Select(scheme => scheme.Hash()?.Name ?? "none")));

    [Fact]
    public void Pem_WithOneKey_IsRead_AndNothingElse()
    {
        var key = LocalKey.P256();
        string Reason(string pem) => Assert.Throws<FormatException>(() => TrustedKey.FromPem(pem)).Message;
        Assert.Equal(Convert.ToHexStringLower(key.Id), TrustedKey.FromPem("\n" + key.Pem + "\n\n").Digest);
        Assert.Equal("the public key has more than one PEM block", Reason(key.Pem + "\n" + key.Pem));
        Assert.Equal("the public key has more than one PEM block", Reason(key.Pem + "\nx"));
        Assert.Equal("the PEM holds a CERTIFICATE; expected a PUBLIC KEY", Reason(LocalSamples.Instance.Root.Pem));
        Assert.Equal("the public key is not PEM", Reason(""));
        Assert.Equal("the public key is not PEM", Reason("x" + key.Pem));
        Assert.Equal("the public key is not PEM", Reason(key.Pem + "x"));
        Assert.Equal("the public key is not PEM", Reason(key.Pem.Replace("-----END", "----END", StringComparison.Ordinal)));
        Assert.Equal("the public key is not PEM", Reason(key.Pem[..^5]));
        Assert.Equal("the public key is not PEM", Reason("-----BEGIN PUBLIC KEY-----\nAB==\n-----END PUBLIC KEY-----"));
        Assert.Equal("a public key is malformed", Reason("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"));
    }

    [Fact]
    public void Pem_OfSeveralBlocks_IsReadInOrder_UpToTheMost()
    {
        const string Two = "-----BEGIN A-----\nAAAA\n-----END A-----\n-----BEGIN B-----\nAA\nEB\n-----END B-----\n";
        Assert.Equal(["A 000000", "B 000101"], PemBlock.ReadAll(Two, "it", 2).Select(block => $"{block.Label} {Convert.ToHexStringLower(block.Der)}"));
        Assert.Equal("", PemBlock.ReadOnly("-----BEGIN -----\nAAAA\n-----END -----", "it").Label);
        Assert.Equal("it has more than 1 PEM blocks", Assert.Throws<MalformedException>(() => PemBlock.ReadAll(Two, "it", 1)).Message);
        Assert.Equal("it is not PEM", Assert.Throws<MalformedException>(() => PemBlock.ReadAll("", "it")).Message);
    }
}
