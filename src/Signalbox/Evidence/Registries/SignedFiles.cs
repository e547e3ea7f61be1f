using System.Text.Json;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Images;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Evidence.Registries;

/// <summary>Which verifier a file is for.</summary>
public enum SignedFileKind
{
    /// <summary>Not signed, or in no form that is known.</summary>
    None,

    /// <summary>A Sigstore bundle, a DSSE envelope, or a registry's list of attestations.</summary>
    Bundle,

    /// <summary>A cosign signature with its annotations (<see cref="RegistryEvidenceFile"/>).</summary>
    ImageSignature,

    /// <summary>A Notary Project signature, JWS or COSE.</summary>
    Notation,
}

/// <summary>Tells signed files apart by their content.</summary>
public static class SignedFiles
{
    /// <summary>Bytes of a file's beginning that tell what it is.</summary>
    internal const int LookedAt = 256 << 10;

    private const string Bundles = "application/vnd.dev.sigstore.bundle";

    /// <summary>By the members of the document itself: a report that only mentions a signature is none.</summary>
    public static SignedFileKind KindOf(ReadOnlySpan<byte> content) => KindOf(content[..Math.Min(LookedAt, content.Length)], content.Length <= LookedAt);

    /// <summary>From its beginning, whatever its length.</summary>
    internal static SignedFileKind KindOf(Stream content)
    {
        var head = new byte[(int)Math.Min(LookedAt, content.Length)];
        content.Position = 0;
        content.ReadExactly(head);
        return KindOf(head, isWhole: head.Length == content.Length);
    }

    /// <summary>
    /// A file that a verifier is for is that verifier's: a signature that is too large, or not what was asked for, is refused and not
    /// passed on, where a reader of reports might find one in it.
    /// </summary>
    internal static EvidenceRefusal? Refused(Stream content, EvidenceAsked asked, int most) => asked.Asked is { } kind && kind != EvidenceKind.Signature
        ? new("evidence-other-kind", $"{asked.Name} is signature; expected {kind.Word()}", "signalbox evidence add --help")
        : content.Length > most ? new("evidence-unreadable", $"{asked.Name} has {content.Length:N0} bytes; a signature has at most {most:N0}", "signalbox verify --help") : null;

    /// <param name="head">The file, or its first <see cref="LookedAt"/> bytes.</param>
    internal static SignedFileKind KindOf(ReadOnlySpan<byte> head, bool isWhole)
    {
        // COSE_Sign1_Tagged: tag 18, then an array of four
        if (head is [0xd2, 0x84, ..]) return SignedFileKind.Notation;
        var (members, mediaType) = Members(head, isWhole);
        bool Has(params IEnumerable<string> names) => names.All(members.Contains);
        if (mediaType == ImageSignature.MediaType && Has("annotations", "payload")) return SignedFileKind.ImageSignature;
        if (Has("protected", "signature", "payload")) return SignedFileKind.Notation;
        // a payload may be longer than what is looked at, and all else stand behind it
        return mediaType?.StartsWith(Bundles, StringComparison.Ordinal) == true || Has("verificationMaterial") || Has("dsseEnvelope") || Has("attestations") || Has("payloadType", "signatures") || (!isWhole && Has("payload"))
            ? SignedFileKind.Bundle
            : SignedFileKind.None;
    }

    /// <summary>The names of the outermost object's members, as far as it can be read, and its media type.</summary>
    private static (HashSet<string> Members, string? MediaType) Members(ReadOnlySpan<byte> head, bool isWhole)
    {
        var (members, mediaType) = (new HashSet<string>(StringComparer.Ordinal), (string?)null);
        if (head.StartsWith("\uFEFF"u8)) head = head[3..];
        var reader = new Utf8JsonReader(head, isWhole, default);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return (members, null);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                members.Add(name);
                if (!reader.Read()) break;
                if (name == "mediaType" && reader.TokenType == JsonTokenType.String) mediaType = reader.GetString();
                if (!reader.TrySkip()) break;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // what stands before it tells all the same; the verifier says what is wrong with the rest
        }
        return (members, mediaType);
    }

    /// <summary>Verifies a cosign signature out of its file.</summary>
    public static VerificationResult VerifyImage(ReadOnlyMemory<byte> file, TrustedRoot root, VerificationPolicy policy, DateTimeOffset now)
    {
        try
        {
            if (RegistryEvidenceFile.ReadSignature(file) is { } signature) return signature.Verify(root, policy, now);
        }
        catch (FormatException e)
        {
            return BundleVerifier.Guard(_ => throw Refusal.Bad(e.Message));
        }
        return BundleVerifier.Guard(_ => throw Refusal.Bad("the file is no image signature"));
    }
}
