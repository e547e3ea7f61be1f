using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Keys;
using Signalbox.Evidence.Verification.Log;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification.Log;

/// <summary>An entry of each kind binds one signature by one signer over one content; whatever differs is named.</summary>
public sealed class EntryBindingTests
{
    private static readonly byte[] s_artifact = Encoding.UTF8.GetBytes("hello\n");
    private static readonly LocalKey s_key = LocalKey.P256();

    private sealed record Bound(LogEntry Entry, EntrySigner Signer, EntryContent Content)
    {
        public void Verify() => EntryBinding.Verify(Entry, Signer, Content);

        public Bound With(Action<JsonNode> change)
        {
            var body = JsonNode.Parse(Entry.Body)!;
            change(body["spec"]!);
            return this with { Entry = Entry with { Body = Encoding.UTF8.GetBytes(body.ToJsonString()) } };
        }

        public void IsRefused(string saying) => Assert.Contains(saying, Assert.Throws<Refusal>(Verify).Message, StringComparison.Ordinal);

        public void IsMalformed(string saying) => Assert.Contains(saying, Assert.Throws<MalformedException>(Verify).Message, StringComparison.Ordinal);
    }

    private static LocalCertificate Certified(LocalKey key) => LocalSamples.Instance.Certify(key, LocalSigstore.Workflow);

    private static Bound Message(EntryKind kind, bool withCertificate = true, LocalKey? key = null, HashAlgorithmName? hash = null)
    {
        var own = key ?? s_key;
        return Of(new LocalBundle(LocalSamples.Instance, own) { Entry = kind, Certificate = withCertificate ? Certified(own) : null }.Message(s_artifact, hash), own);
    }

    private static Bound Envelope(EntryKind kind, bool withCertificate = true) =>
        Of(new LocalBundle(LocalSamples.Instance, s_key) { Entry = kind, Version = kind == EntryKind.InToto ? "0.2" : "0.3", Certificate = withCertificate ? Certified(s_key) : null }.Envelope([1, 2, 3], "text/plain"), s_key);

    private static Bound Of(byte[] file, LocalKey key)
    {
        var bundle = BundleReader.Read(JsonFields.Parse(file, "the bundle"));
        var envelope = bundle.Content as DsseEnvelope;
        EntrySigner signer = new(bundle.Material.Certificates is [var der] ? CertificateReader.Read(der).Raw : (ReadOnlyMemory<byte>?)null, VerificationKey.FromSpki(key.Spki));
        return new(Assert.Single(bundle.Material.Entries), signer, new(envelope, SignedData.Of(envelope?.PreAuthenticationEncoding() ?? s_artifact), envelope?.Signature ?? ((SignedMessage)bundle.Content).Signature));
    }

    private static IEnumerable<Bound> All(bool withCertificate) =>
    [
        Message(EntryKind.HashedRekord, withCertificate), Message(EntryKind.HashedRekord2, withCertificate), Envelope(EntryKind.HashedRekord2, withCertificate),
        Envelope(EntryKind.Dsse, withCertificate), Envelope(EntryKind.Dsse2, withCertificate), Envelope(EntryKind.InToto, withCertificate),
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void EveryKind_BindsItsOwn_AndNoOtherSignerOrSignature(bool withCertificate)
    {
        foreach (var bound in All(withCertificate))
        {
            bound.Verify();
            var other = LocalKey.P256();
            (bound with { Content = bound.Content with { Envelope = bound.Content.Envelope is { } envelope ? envelope with { Signature = [1] } : null, Signature = [1] } }).IsRefused("the log entry is for another signature than the bundle's");
            (bound with { Signer = new(null, VerificationKey.FromSpki(other.Spki)) }).IsRefused("the log entry is for another signer than the bundle's");
            (bound with { Signer = bound.Signer with { Certificate = Certified(s_key).Der } }).IsRefused("the log entry is for another signer than the bundle's");
            (bound with { Signer = new(withCertificate ? (ReadOnlyMemory<byte>?)null : s_key.Spki, bound.Signer.Key) }).IsRefused("the log entry is for another signer than the bundle's");
        }
    }

    [Fact]
    public void EveryKind_IsTheOneThatTheBundleSays()
    {
        foreach (var bound in All(true))
        {
            (bound with { Entry = bound.Entry with { Kind = "other" } }).IsRefused($"of another kind than 'other {bound.Entry.KindVersion}', which the bundle says");
            (bound with { Entry = bound.Entry with { KindVersion = "0.0.9" } }).IsRefused($"of another kind than '{bound.Entry.Kind} 0.0.9', which the bundle says");
        }
    }

    [Fact]
    public void Kind_ThatDoesNotBindSuchContent_IsRefused()
    {
        (Message(EntryKind.HashedRekord) with { Content = Envelope(EntryKind.Dsse).Content }).IsRefused("log entries of the kind 'hashedrekord 0.0.1' do not bind this signature");
        foreach (var kind in new[] { EntryKind.Dsse, EntryKind.Dsse2, EntryKind.InToto })
            (Envelope(kind) with { Content = Message(EntryKind.HashedRekord).Content }).IsRefused("do not bind this signature");
        var unknown = Message(EntryKind.HashedRekord).Entry with { Kind = "rekord", Body = """{"kind":"rekord","apiVersion":"0.0.1","spec":{}}"""u8.ToArray() };
        (Message(EntryKind.HashedRekord) with { Entry = unknown }).IsRefused("log entries of the kind 'rekord 0.0.1' do not bind this signature");
    }

    [Fact]
    public void Hash_IsOfTheArtifactOrThePayload()
    {
        var zeros = new string('0', 64);
        var none = Convert.ToBase64String(new byte[32]);
        Message(EntryKind.HashedRekord).With(spec => spec["data"]!["hash"]!["value"] = zeros).IsRefused("the log entry is for another artifact");
        Message(EntryKind.HashedRekord2).With(spec => spec["hashedRekordV002"]!["data"]!["digest"] = none).IsRefused("the log entry is for another artifact");
        Envelope(EntryKind.HashedRekord2).With(spec => spec["hashedRekordV002"]!["data"]!["digest"] = none).IsRefused("the log entry is for another artifact");
        Envelope(EntryKind.Dsse).With(spec => spec["payloadHash"]!["value"] = zeros).IsRefused("the log entry is for another payload");
        Envelope(EntryKind.Dsse2).With(spec => spec["dsseV002"]!["payloadHash"]!["digest"] = none).IsRefused("the log entry is for another payload");
        Envelope(EntryKind.InToto).With(spec => spec["content"]!["payloadHash"]!["value"] = zeros).IsRefused("the log entry is for another payload");
    }

    [Theory]
    [InlineData("SHA256")]
    [InlineData("SHA384")]
    [InlineData("SHA512")]
    public void Hash_MayBeOfEachOfThreeAlgorithms(string name)
    {
        HashAlgorithmName hash = new(name);
        foreach (var kind in new[] { EntryKind.HashedRekord, EntryKind.HashedRekord2 })
        {
            var bound = Message(kind, hash: hash);
            bound.Verify();
            // a digest that nobody gave is not passed over
            (bound with { Content = bound.Content with { Data = SignedData.OfHashes([]) } }).IsRefused("the log entry is for another artifact");
        }
    }

    [Fact]
    public void Hash_OfAnotherAlgorithm_IsRefused()
    {
        Message(EntryKind.HashedRekord).With(spec => spec["data"]!["hash"]!["algorithm"] = "sha1").IsRefused("the log entry's hash is sha1; expected sha256, sha384 or sha512");
        Message(EntryKind.HashedRekord2).With(spec => spec["hashedRekordV002"]!["data"]!["algorithm"] = "SHA1").IsRefused("the log entry's hash is of an algorithm that is not understood");
    }

    [Fact]
    public void Signatures_AreOne()
    {
        static void Twice(JsonNode signatures) => signatures.AsArray().Add(signatures[0]!.DeepClone());
        Envelope(EntryKind.Dsse).With(spec => Twice(spec["signatures"]!)).IsRefused("the log entry has 2 signatures; the bundle has one");
        Envelope(EntryKind.Dsse2).With(spec => Twice(spec["dsseV002"]!["signatures"]!)).IsRefused("the log entry has 2 signatures; the bundle has one");
        Envelope(EntryKind.InToto).With(spec => Twice(spec["content"]!["envelope"]!["signatures"]!)).IsRefused("the log entry has 2 signatures; the bundle has one");
        Envelope(EntryKind.Dsse).With(spec => spec["signatures"]!.AsArray().Clear()).IsRefused("the log entry has 0 signatures; the bundle has one");
    }

    [Fact]
    public void InToto_SaysThePayloadsType_AndEncodesTheSignatureTwice()
    {
        var bound = Envelope(EntryKind.InToto);
        bound.With(spec => spec["content"]!["envelope"]!["payloadType"] = "text/html").IsRefused("the log entry is for another payload type than the envelope's");
        bound.With(spec => spec["content"]!["envelope"]!["signatures"]![0]!["sig"] = Convert.ToBase64String(bound.Content.Signature)).IsMalformed("the log entry's signature is not canonical base64");
    }

    [Fact]
    public void Verifier_IsACertificateOrAKey()
    {
        foreach (var bound in new[] { Message(EntryKind.HashedRekord2), Envelope(EntryKind.Dsse2) })
            bound.With(spec => (spec["hashedRekordV002"]?["signature"] ?? spec["dsseV002"]!["signatures"]![0]!)["verifier"] = new JsonObject()).IsMalformed("publicKey is missing or empty");
        // the key of a certificate is not the certificate
        Message(EntryKind.HashedRekord2).With(spec => spec["hashedRekordV002"]!["signature"]!["verifier"] = new JsonObject { ["publicKey"] = LocalSigstore.Raw(s_key.Spki) }).IsRefused("the log entry is for another signer than the bundle's");
        Message(EntryKind.HashedRekord).With(spec => spec["signature"]!["publicKey"]!["content"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(s_key.Pem))).IsRefused("the log entry is for another signer than the bundle's");
    }
}
