using System.Text;
using CsCheck;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Keys;
using Signalbox.Evidence.Verification.Log;
using Signalbox.Evidence.Verification.Provenance;
using Signalbox.Evidence.Verification.Timestamps;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>Whatever the bytes are, a parser refuses or reads them; nothing else may come out of it.</summary>
public sealed class HostileInputTests
{
    private const int Rounds = 2000;

    private static readonly LocalSigstore s_instance = LocalSamples.Instance;

    [Fact]
    public void Certificate_DamagedAnywhere_IsReadOrRefused() =>
        Damage(s_instance.Certify(LocalKey.P256(), LocalSigstore.Workflow, LocalSigstore.GitHubClaims()).Der, bytes =>
        {
            var certificate = CertificateReader.Read(bytes);
            _ = certificate.Use;
            _ = certificate.SubjectName;
        });

    [Fact]
    public void Timestamp_DamagedAnywhere_IsReadOrRefused() =>
        Damage(s_instance.Timestamps.Stamp([1, 2, 3], LocalSigstore.SignedAt, withCertificate: true), bytes => TimestampReader.ReadResponse(bytes));

    [Fact]
    public void Key_DamagedAnywhere_IsReadOrRefused()
    {
        foreach (var key in new[] { LocalKey.P256(), LocalKey.P521(), LocalKey.RsaPkcs1(), LocalKey.Ed25519() }) Damage(key.Spki, bytes => VerificationKey.FromSpki(bytes));
    }

    [Fact]
    public void Pem_DamagedAnywhere_IsReadOrRefused() =>
        Damage(Encoding.UTF8.GetBytes(LocalKey.P256().Pem), bytes => VerificationKey.FromPem(Encoding.Latin1.GetString(bytes)));

    [Fact]
    public void Checkpoint_DamagedAnywhere_IsReadOrRefused() =>
        Damage(Encoding.UTF8.GetBytes("rekor.local - 1\n7\n" + Convert.ToBase64String(new byte[32]) + "\n\n\u2014 rekor.local " + Convert.ToBase64String(new byte[68]) + "\n"), bytes => Checkpoint.Read(Encoding.UTF8.GetString(bytes)));

    [Fact]
    public void TrustedRoot_DamagedAnywhere_IsReadOrRefused() =>
        Damage(LocalBundle.Write(s_instance.TrustedRootJson()), bytes => TrustedRootReader.Read(bytes));

    [Fact]
    public void Signature_OfAnyBytes_IsOnlyFalse() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        foreach (var key in new[] { LocalKey.P256(), LocalKey.P384(), LocalKey.Ed25519() })
        {
            var parsed = VerificationKey.FromSpki(key.Spki);
            foreach (var scheme in Enum.GetValues<SignatureScheme>()) Assert.False(parsed.Verify(scheme, new byte[] { 1 }, bytes));
        }
    }, iter: 50);

    [Theory]
    [MemberData(nameof(LocalSamples.Names), MemberType = typeof(LocalSamples))]
    public void Bundle_DamagedInSeveralPlaces_IsRefused(string name)
    {
        var sample = LocalSamples.Get(name);
        Damages(sample.Bundle).Sample(bytes =>
        {
            var result = (sample with { Bundle = bytes }).Verify();
            Assert.True(!result.Accepted || bytes.AsSpan().SequenceEqual(sample.Bundle) || result.Facts.KeyDigest is not null);
        }, iter: Rounds / 20);
    }

    public static TheoryData<string> Files =>
    [
        "", "{", "null", "[]", "0", "\"x\"", "{}", "{\"attestations\":[]}", "{\"attestations\":{}}", "{\"attestations\":[{},{}]}",
        "{\"payload\":\"\",\"payloadType\":\"\",\"signatures\":[]}", "{\"mediaType\":5}", "{\"mediaType\":null}", "{\"a\":1,\"a\":2}", "\ufeff{}", "{\"mediaType\":\"\\ud800\"}",
        "{\"mediaType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\",\"verificationMaterial\":{},\"messageSignature\":{}}",
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void File_ThatIsNoBundle_IsRefused(string text) => Assert.False(Verify(Encoding.UTF8.GetBytes(text)).Accepted);

    /// <summary>They are read before any signature is: the list of a million is not even made.</summary>
    [Theory]
    [InlineData(1_000_000, 1, "1000000 subjects")]
    [InlineData(1, 1_000, "more than 20 digests")]
    public void Statement_OfMoreSubjectsThanAnybodyNames_IsRefusedCheaply(int subjects, int digests, string saying)
    {
        var digest = "{" + string.Join(',', Enumerable.Range(0, digests).Select(i => $"\"d{i}\":\"a\"")) + "}";
        var payload = Encoding.UTF8.GetBytes($$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{{string.Join(',', Enumerable.Repeat($"{{\"digest\":{digest}}}", subjects))}}],"predicateType":"x"}""");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = Assert.Throws<Refusal>(() => Statement.Read(new DsseEnvelope(Statement.PayloadType, payload, "", [])));
        Assert.Contains(saying, refusal.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (20L * payload.Length) + (1 << 20));
    }

    [Fact]
    public void File_WithDeepNesting_IsRefused() => Assert.False(Verify(Encoding.UTF8.GetBytes(new string('[', 1_000_000))).Accepted);

    [Fact]
    public void File_WithInvalidUtf8_IsRefused() => Assert.False(Verify([(byte)'{', (byte)'"', 0xff, 0xfe, (byte)'"', (byte)':', (byte)'1', (byte)'}']).Accepted);

    private static VerificationResult Verify(byte[] bytes) =>
        BundleVerifier.Verify(bytes, TrustedRoot.Empty, new() { Signers = [ExpectedSigner.Holder(TrustedKey.FromPem(LocalKey.P256().Pem))] }, LocalSigstore.Now);

    private static void Damage(byte[] valid, Action<byte[]> read)
    {
        read(valid);
        Damages(valid).Sample(bytes =>
        {
            try
            {
                read(bytes);
            }
            catch (Exception e) when (e is MalformedException or Refusal)
            {
                // refused, as it should be
            }
        }, iter: Rounds);
    }

    /// <summary>Some bytes changed, then cut off, doubled or left as long as it was.</summary>
    private static Gen<byte[]> Damages(byte[] valid) =>
        Gen.Select(Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Byte).Array[0, 4], Gen.Int[0, valid.Length], Gen.Int[0, 3], (changes, at, shape) =>
        {
            var bytes = (byte[])valid.Clone();
            foreach (var (index, value) in changes) bytes[index] = value;
            return shape switch
            {
                0 => bytes[..at],
                1 => [.. bytes[..at], .. bytes[(at / 2)..]],
                _ => bytes,
            };
        });
}
