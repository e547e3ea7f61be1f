using System.Buffers.Text;
using System.Formats.Cbor;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Signalbox.Tests.Evidence.Verification.Notation;

/// <summary>Who signs: a leaf, its authority and their root, or a leaf that is its own root.</summary>
internal sealed class NotationSigner
{
    private readonly AsymmetricAlgorithm _key;

    public NotationSigner(AsymmetricAlgorithm? key = null, string name = "e2e", DateTimeOffset? from = null, DateTimeOffset? to = null, bool selfSigned = false, X509KeyUsageFlags usage = X509KeyUsageFlags.DigitalSignature, string? purpose = "1.3.6.1.5.5.7.3.3", bool revocable = false, Func<string, IEnumerable<X509Extension>>? published = null)
    {
        _key = key ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (start, end) = (from ?? LocalNotation.Now.AddYears(-1), to ?? LocalNotation.Now.AddYears(1));
        var request = Request(_key, name);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        if (purpose is not null) request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new(purpose)], critical: false));
        if (revocable) request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension(["http://crl.example/leaf.crl"]));
        foreach (var extension in published?.Invoke("leaf") ?? []) request.CertificateExtensions.Add(extension);
        if (selfSigned) Chain = [request.CreateSelfSigned(start, end)];
        else
        {
            var (root, between) = (Authority("root"), Authority("between"));
            foreach (var extension in published?.Invoke("between") ?? []) between.Request.CertificateExtensions.Add(extension);
            Authorities = [between.Key, root.Key];
            var rootCertificate = root.Request.CreateSelfSigned(start.AddYears(-5), end.AddYears(5));
            var middle = between.Request.Create(rootCertificate, start.AddYears(-5), end.AddYears(5), [2]);
            // by the authority's kind of key, whatever the leaf's
            Chain = [request.Create(middle.SubjectName, X509SignatureGenerator.CreateForECDsa(between.Key), start, end, [3]), middle, rootCertificate];
        }
    }

    public IReadOnlyList<X509Certificate2> Chain { get; }

    /// <summary>Keys of the chain's second and third certificate.</summary>
    public IReadOnlyList<ECDsa> Authorities { get; } = [];

    public byte[] Root => Encoding.ASCII.GetBytes(Chain[^1].ExportCertificatePem());

    private (string Jose, int Cose, HashAlgorithmName Hash) Algorithm => _key switch
    {
        RSA { KeySize: 2048 } => ("PS256", -37, HashAlgorithmName.SHA256),
        RSA { KeySize: 3072 } => ("PS384", -38, HashAlgorithmName.SHA384),
        RSA => ("PS512", -39, HashAlgorithmName.SHA512),
        ECDsa { KeySize: 256 } => ("ES256", -7, HashAlgorithmName.SHA256),
        ECDsa { KeySize: 384 } => ("ES384", -35, HashAlgorithmName.SHA384),
        _ => ("ES512", -36, HashAlgorithmName.SHA512),
    };

    public string Jose => Algorithm.Jose;

    public int Cose => Algorithm.Cose;

    public byte[] Sign(byte[] data) => _key is RSA rsa
        ? rsa.SignData(data, Algorithm.Hash, RSASignaturePadding.Pss)
        : ((ECDsa)_key).SignData(data, Algorithm.Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);

    private static (ECDsa Key, CertificateRequest Request) Authority(string name)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(key, name);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        return (key, request);
    }

    private static CertificateRequest Request(AsymmetricAlgorithm key, string name)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        subject.AddOrganizationName("Notary");
        subject.AddLocalityName("Seattle");
        subject.AddStateOrProvinceName("WA");
        subject.AddCountryOrRegion("US");
        return key is RSA rsa
            ? new(subject.Build(), rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new(subject.Build(), (ECDsa)key, HashAlgorithmName.SHA256);
    }
}

/// <summary>Writes Notary Project signatures in both forms, also wrong ones.</summary>
internal sealed record LocalNotation(NotationSigner Signer)
{
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public const string Digest = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    public string Scheme { get; init; } = "notary.x509";

    public DateTimeOffset SigningTime { get; init; } = Now.AddDays(-1);

    public DateTimeOffset? Expiry { get; init; }

    public string? Payload { get; init; }

    public string ContentType { get; init; } = "application/vnd.cncf.notary.payload.v1+json";

    public IReadOnlyList<string>? Critical { get; init; }

    public (string Name, string Value)? Extra { get; init; }

    public (string Jose, int Cose)? Algorithm { get; init; }

    public Func<byte[], byte[]>? Timestamp { get; init; }

    public IReadOnlyList<byte[]>? Certificates { get; init; }

    private string TimeName => Scheme == "notary.x509" ? "io.cncf.notary.signingTime" : "io.cncf.notary.authenticSigningTime";

    private IReadOnlyList<string> CriticalNames => Critical ?? [
        "io.cncf.notary.signingScheme", .. Scheme == "notary.x509" ? Array.Empty<string>() : [TimeName], .. Expiry is null ? Array.Empty<string>() : ["io.cncf.notary.expiry"]];

    private byte[] PayloadBytes => Encoding.UTF8.GetBytes(Payload ?? $$$"""{"targetArtifact":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"{{{Digest}}}","size":42}}""");

    private IEnumerable<byte[]> Chain => Certificates ?? Signer.Chain.Select(certificate => certificate.RawData);

    public byte[] Jws()
    {
        var header = new JsonObject
        {
            ["alg"] = Algorithm?.Jose ?? Signer.Jose,
            ["cty"] = ContentType,
            ["crit"] = new JsonArray([.. CriticalNames.Select(name => JsonValue.Create(name))]),
            ["io.cncf.notary.signingScheme"] = Scheme,
            [TimeName] = Text(SigningTime),
        };
        if (Expiry is { } expiry) header["io.cncf.notary.expiry"] = Text(expiry);
        if (Extra is { } extra) header[extra.Name] = extra.Value;
        var (signed, payload) = (Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header.ToJsonString())), Base64Url.EncodeToString(PayloadBytes));
        var signature = Signer.Sign(Encoding.ASCII.GetBytes($"{signed}.{payload}"));
        var unsigned = new JsonObject { ["x5c"] = new JsonArray([.. Chain.Select(der => JsonValue.Create(Convert.ToBase64String(der)))]), ["io.cncf.notary.signingAgent"] = "test/1" };
        if (Timestamp is { } stamp) unsigned["io.cncf.notary.timestampSignature"] = Convert.ToBase64String(stamp(signature));
        return Encoding.UTF8.GetBytes(new JsonObject { ["payload"] = payload, ["protected"] = signed, ["header"] = unsigned, ["signature"] = Base64Url.EncodeToString(signature) }.ToJsonString());
    }

    public byte[] Cose()
    {
        var header = Write(writer =>
        {
            writer.WriteStartMap(5 + (Expiry is null ? 0 : 1) + (Extra is null ? 0 : 1));
            writer.WriteInt32(1);
            writer.WriteInt32(Algorithm?.Cose ?? Signer.Cose);
            writer.WriteInt32(2);
            writer.WriteStartArray(CriticalNames.Count);
            foreach (var name in CriticalNames) writer.WriteTextString(name);
            writer.WriteEndArray();
            writer.WriteInt32(3);
            writer.WriteTextString(ContentType);
            writer.WriteTextString("io.cncf.notary.signingScheme");
            writer.WriteTextString(Scheme);
            WriteTime(writer, TimeName, SigningTime);
            if (Expiry is { } expiry) WriteTime(writer, "io.cncf.notary.expiry", expiry);
            if (Extra is { } extra)
            {
                writer.WriteTextString(extra.Name);
                writer.WriteTextString(extra.Value);
            }
            writer.WriteEndMap();
        });
        var signature = Signer.Sign(Write(writer =>
        {
            writer.WriteStartArray(4);
            writer.WriteTextString("Signature1");
            writer.WriteByteString(header);
            writer.WriteByteString([]);
            writer.WriteByteString(PayloadBytes);
            writer.WriteEndArray();
        }));
        return Write(writer => WriteEnvelope(writer, header, signature));
    }

    public byte[] In(string form) => form == "JWS" ? Jws() : Cose();

    private void WriteEnvelope(CborWriter writer, byte[] header, byte[] signature)
    {
        var chain = Chain.ToList();
        writer.WriteTag((CborTag)18);
        writer.WriteStartArray(4);
        writer.WriteByteString(header);
        writer.WriteStartMap(Timestamp is null ? 1 : 2);
        writer.WriteInt32(33);
        writer.WriteStartArray(chain.Count);
        foreach (var certificate in chain) writer.WriteByteString(certificate);
        writer.WriteEndArray();
        if (Timestamp is { } stamp)
        {
            writer.WriteTextString("io.cncf.notary.timestampSignature");
            writer.WriteByteString(stamp(signature));
        }
        writer.WriteEndMap();
        writer.WriteByteString(PayloadBytes);
        writer.WriteByteString(signature);
        writer.WriteEndArray();
    }

    private static void WriteTime(CborWriter writer, string name, DateTimeOffset time)
    {
        writer.WriteTextString(name);
        writer.WriteTag((CborTag)1);
        writer.WriteInt64(time.ToUnixTimeSeconds());
    }

    private static byte[] Write(Action<CborWriter> write)
    {
        var writer = new CborWriter(CborConformanceMode.Strict);
        write(writer);
        return writer.Encode();
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
