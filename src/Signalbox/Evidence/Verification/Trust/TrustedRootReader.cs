using System.Globalization;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Keys;

namespace Signalbox.Evidence.Verification.Trust;

/// <summary>
/// Reads <c>trusted_root.json</c>. Unknown fields are passed over, since a newer root may have more; whatever bounds
/// trust (a missing start of validity, a malformed key) refuses the whole file.
/// </summary>
internal static class TrustedRootReader
{
    private static readonly string[] s_mediaTypes =
    [
        "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        "application/vnd.dev.sigstore.trustedroot.v0.1+json",
        "application/vnd.dev.sigstore.trustedroot.v0.2+json",
    ];

    public static TrustedRoot Read(ReadOnlyMemory<byte> json)
    {
        var root = JsonFields.Parse(json, "the trusted root");
        var mediaType = root.Text("mediaType") ?? "";
        if (!s_mediaTypes.Contains(mediaType)) throw new MalformedException($"the trusted root's media type is '{JsonFields.Shown(mediaType)}'; expected a Sigstore trusted root 0.1 or 0.2");
        return new(
            [.. root.Objects("tlogs").Select(ReadLog)], [.. root.Objects("ctlogs").Select(ReadLog)],
            [.. root.Objects("certificateAuthorities").Select(ReadAuthority)], [.. root.Objects("timestampAuthorities").Select(ReadAuthority)]);
    }

    private static TransparencyLog ReadLog(JsonFields log)
    {
        var key = log.RequiredObject("publicKey");
        var (parsed, scheme) = ReadKey(key);
        var id = log.RequiredObject("logId").RequiredBytes("keyId");
        var hint = log.Object("checkpointKeyId")?.RequiredBytes("keyId") ?? id;
        if (hint.Length < 4) throw new MalformedException($"{log.At("logId")} has fewer than four bytes");
        return new(HostOf(log.Text("baseUrl") ?? ""), parsed, scheme, id, hint[..4], ReadWindow(key));
    }

    // what PublicKeyDetails says of the algorithm; a name that is not known yet disables the log, not the root
    private static (VerificationKey? Key, SignatureScheme Scheme) ReadKey(JsonFields key)
    {
        var bytes = key.RequiredBytes("rawBytes");
        return key.RequiredText("keyDetails") switch
        {
            "PKIX_ECDSA_P256_SHA_256" or "PKIX_ECDSA_P384_SHA_256" or "PKIX_ECDSA_P521_SHA_256" => (VerificationKey.FromSpki(bytes), SignatureScheme.EcdsaSha256),
            "PKIX_ECDSA_P384_SHA_384" => (VerificationKey.FromSpki(bytes), SignatureScheme.EcdsaSha384),
            "PKIX_ECDSA_P521_SHA_512" => (VerificationKey.FromSpki(bytes), SignatureScheme.EcdsaSha512),
            "PKIX_ED25519" => (VerificationKey.FromSpki(bytes), SignatureScheme.Ed25519),
            "PKIX_RSA_PKCS1V5" or "PKIX_RSA_PKCS1V15_2048_SHA256" or "PKIX_RSA_PKCS1V15_3072_SHA256" or "PKIX_RSA_PKCS1V15_4096_SHA256" => (VerificationKey.FromSpki(bytes), SignatureScheme.RsaPkcs1Sha256),
            "PKIX_RSA_PSS" or "PKIX_RSA_PSS_2048_SHA256" or "PKIX_RSA_PSS_3072_SHA256" or "PKIX_RSA_PSS_4096_SHA256" => (VerificationKey.FromSpki(bytes), SignatureScheme.RsaPssSha256),
            "PKCS1_RSA_PKCS1V5" => (RsaKey.FromPkcs1(bytes), SignatureScheme.RsaPkcs1Sha256),
            "PKCS1_RSA_PSS" => (RsaKey.FromPkcs1(bytes), SignatureScheme.RsaPssSha256),
            _ => (null, default),
        };
    }

    private static CertificateAuthority ReadAuthority(JsonFields authority)
    {
        Certificate[] chain = [.. authority.RequiredObject("certChain").Objects("certificates").Select(c => CertificateReader.Read(c.RequiredBytes("rawBytes")))];
        if (chain.Length == 0) throw authority.Missing("certChain.certificates");
        return new(HostOf(authority.Text("uri") ?? chain[0].SubjectName), chain, ReadWindow(authority));
    }

    private static TimeWindow ReadWindow(JsonFields of)
    {
        var validity = of.RequiredObject("validFor");
        var (from, to) = (ReadTime(validity, "start") ?? throw validity.Missing("start"), ReadTime(validity, "end"));
        return to < from ? throw new MalformedException($"{of.At("validFor")} ends before it starts") : new(from, to);
    }

    private static DateTimeOffset? ReadTime(JsonFields validity, string name)
    {
        if (validity.Text(name) is not { } text) return null;
        return text.EndsWith('Z') && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw new MalformedException($"{validity.At(name)} is '{JsonFields.Shown(text)}'; expected a time such as 2025-01-31T12:00:00Z");
    }

    // an address may have no scheme, and a path, which is part of a checkpoint's origin (C2SP tlog-checkpoint)
    private static string HostOf(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal);
        return (start < 0 ? url : url[(start + 3)..]).TrimEnd('/');
    }
}
