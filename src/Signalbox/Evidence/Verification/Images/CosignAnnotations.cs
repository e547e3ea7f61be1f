using System.Text;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Keys;

namespace Signalbox.Evidence.Verification.Images;

/// <summary>What cosign writes beside a signed layer (github.com/sigstore/cosign specs/SIGNATURE_SPEC.md): the signature, its certificates, and the log's word.</summary>
internal static class CosignAnnotations
{
    public const string Signature = "dev.cosignproject.cosign/signature", Certificate = "dev.sigstore.cosign/certificate";

    private const string Chain = "dev.sigstore.cosign/chain", Log = "dev.sigstore.cosign/bundle";

    /// <summary>Null where there is none, or an empty one.</summary>
    public static string? Text(IReadOnlyDictionary<string, string> annotations, string name) => annotations.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <summary>The signing certificate and what came with it, DER; none where a plain key signed.</summary>
    /// <exception cref="MalformedException">They are no certificates, or more than a path may have.</exception>
    public static IReadOnlyList<byte[]> Certificates(IReadOnlyDictionary<string, string> annotations) => [.. Pem(annotations, Certificate), .. Pem(annotations, Chain)];

    /// <exception cref="MalformedException">It is no entry with a promise.</exception>
    public static LogEntry? LogEntry(IReadOnlyDictionary<string, string> annotations)
    {
        if (Text(annotations, Log) is not { } text) return null;
        var bundle = JsonFields.Parse(Encoding.UTF8.GetBytes(text), "the log annotation");
        var payload = bundle.RequiredObject("Payload");
        var body = payload.RequiredBytes("body");
        var logged = JsonFields.Parse(body, "the log entry");
        return new(
            payload.Int64("logIndex") ?? throw payload.Missing("logIndex"), LogId(payload.RequiredText("logID")),
            logged.RequiredText("kind"), logged.RequiredText("apiVersion"), payload.Int64("integratedTime") ?? throw payload.Missing("integratedTime"),
            bundle.RequiredBytes("SignedEntryTimestamp"), null, body);
    }

    private static IEnumerable<byte[]> Pem(IReadOnlyDictionary<string, string> annotations, string name) => Text(annotations, name) is { } pem
        ? PemBlock.ReadAll(pem, $"the annotation {name}", 1 + CertificatePath.MostProvided).Select(block => block.Label == "CERTIFICATE" ? block.Der : throw new MalformedException($"the annotation {name} holds a {JsonFields.Shown(block.Label)}"))
        : [];

    // in the one spelling that the log's promise has
    private static byte[] LogId(string hex) => hex.Length % 2 == 0 && hex.All(char.IsAsciiHexDigitLower)
        ? Convert.FromHexString(hex)
        : throw new MalformedException($"the log annotation's logID is '{JsonFields.Shown(hex)}'; expected digits and small letters of hex");
}
