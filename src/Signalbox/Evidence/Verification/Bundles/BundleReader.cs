namespace Signalbox.Evidence.Verification.Bundles;

/// <summary>Reads the JSON form of a bundle; a field it does not know is refused, as protobuf's JSON parsers do.</summary>
internal static class BundleReader
{
    public const string CurrentMediaType = "application/vnd.dev.sigstore.bundle.v0.3+json";

    private static readonly Dictionary<string, BundleVersion> s_mediaTypes = new(StringComparer.Ordinal)
    {
        ["application/vnd.dev.sigstore.bundle+json;version=0.1"] = BundleVersion.V01,
        ["application/vnd.dev.sigstore.bundle+json;version=0.2"] = BundleVersion.V02,
        ["application/vnd.dev.sigstore.bundle+json;version=0.3"] = BundleVersion.V03,
        [CurrentMediaType] = BundleVersion.V03,
    };

    /// <exception cref="MalformedException">It is not a bundle of a known version.</exception>
    public static SigstoreBundle Read(JsonFields bundle)
    {
        bundle.Only("mediaType", "verificationMaterial", "messageSignature", "dsseEnvelope");
        var mediaType = bundle.Text("mediaType") ?? "";
        if (!s_mediaTypes.TryGetValue(mediaType, out var version))
            throw new MalformedException($"the bundle's media type is '{JsonFields.Shown(mediaType)}'; expected a Sigstore bundle 0.1 to 0.3");
        return new(version, ReadMaterial(bundle.RequiredObject("verificationMaterial"), version), ReadContent(bundle));
    }

    private static BundleMaterial ReadMaterial(JsonFields material, BundleVersion version)
    {
        material.Only("publicKey", "x509CertificateChain", "certificate", "tlogEntries", "timestampVerificationData");
        var (hint, certificates) = ReadSigner(material, version);
        return new(hint, certificates, [.. material.Objects("tlogEntries").Select(ReadEntry)], ReadTimestamps(material));
    }

    private static (string? Hint, IReadOnlyList<byte[]> Certificates) ReadSigner(JsonFields material, BundleVersion version)
    {
        var key = material.Object("publicKey")?.Only("hint");
        var chain = material.Object("x509CertificateChain")?.Only("certificates");
        var certificate = material.Object("certificate")?.Only("rawBytes");
        return (key, chain, certificate) switch
        {
            ({ } k, null, null) => (k.Text("hint") ?? "", []),
            (null, { } c, null) when version != BundleVersion.V03 => (null, ReadChain(c)),
            (null, null, { } c) when version == BundleVersion.V03 => (null, [c.RequiredBytes("rawBytes")]),
            (null, { }, null) or (null, null, { }) => throw new MalformedException("a bundle of version 0.3 must have the signing certificate alone, an earlier one a chain"),
            _ => throw new MalformedException("the bundle must have exactly one of publicKey, x509CertificateChain and certificate"),
        };
    }

    private static byte[][] ReadChain(JsonFields chain)
    {
        byte[][] certificates = [.. chain.Objects("certificates").Select(c => c.Only("rawBytes").RequiredBytes("rawBytes"))];
        return certificates.Length > 0 ? certificates : throw new MalformedException("the bundle's certificate chain is empty");
    }

    private static LogEntry ReadEntry(JsonFields entry)
    {
        entry.Only("logIndex", "logId", "kindVersion", "integratedTime", "inclusionPromise", "inclusionProof", "canonicalizedBody");
        var kind = entry.RequiredObject("kindVersion").Only("kind", "version");
        return new(
            NotNegative(entry, "logIndex"),
            entry.RequiredObject("logId").Only("keyId").RequiredBytes("keyId"),
            kind.RequiredText("kind"), kind.RequiredText("version"),
            NotNegative(entry, "integratedTime"),
            entry.Object("inclusionPromise")?.Only("signedEntryTimestamp").RequiredBytes("signedEntryTimestamp"),
            entry.Object("inclusionProof") is { } proof ? ReadProof(proof) : null,
            entry.RequiredBytes("canonicalizedBody"));
    }

    private static InclusionProof ReadProof(JsonFields proof)
    {
        proof.Only("logIndex", "rootHash", "treeSize", "hashes", "checkpoint");
        return new(
            NotNegative(proof, "logIndex"),
            proof.RequiredBytes("rootHash"),
            NotNegative(proof, "treeSize"),
            [.. proof.List("hashes").Select(hash => CanonicalBase64.Decode(hash.ValueKind == System.Text.Json.JsonValueKind.String ? hash.GetString()! : "?", proof.At("hashes")))],
            proof.Object("checkpoint")?.Only("envelope").RequiredText("envelope"));
    }

    // proto3 leaves a zero out
    private static long NotNegative(JsonFields from, string name) => (from.Int64(name) ?? 0) is >= 0 and var number
        ? number
        : throw new MalformedException($"{from.At(name)} is negative");

    private static IReadOnlyList<byte[]> ReadTimestamps(JsonFields material) =>
        material.Object("timestampVerificationData")?.Only("rfc3161Timestamps") is { } data
            ? [.. data.Objects("rfc3161Timestamps").Select(t => t.Only("signedTimestamp").RequiredBytes("signedTimestamp"))]
            : [];

    private static BundleContent ReadContent(JsonFields bundle) => (bundle.Object("messageSignature"), bundle.Object("dsseEnvelope")) switch
    {
        ({ } message, null) => ReadMessage(message),
        (null, { } envelope) => ReadEnvelope(envelope),
        _ => throw new MalformedException("the bundle must have exactly one of messageSignature and dsseEnvelope"),
    };

    private static SignedMessage ReadMessage(JsonFields message)
    {
        message.Only("messageDigest", "signature");
        var digest = message.Object("messageDigest")?.Only("algorithm", "digest");
        return new(digest?.RequiredText("algorithm"), digest?.RequiredBytes("digest"), message.RequiredBytes("signature"));
    }

    /// <summary>Also the form an envelope has outside a bundle.</summary>
    public static DsseEnvelope ReadEnvelope(JsonFields envelope)
    {
        envelope.Only("payload", "payloadType", "signatures");
        var signatures = envelope.Objects("signatures");
        if (signatures.Count != 1) throw new MalformedException($"the envelope has {signatures.Count} signatures; expected exactly one");
        var signature = signatures[0].Only("sig", "keyid");
        return new(envelope.RequiredText("payloadType"), envelope.RequiredBytes("payload"), signature.Text("keyid") ?? "", signature.RequiredBytes("sig"));
    }
}
