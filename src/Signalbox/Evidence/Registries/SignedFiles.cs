using System.Text;
using Signalbox.Evidence.Verification;
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
    private const int LookedAt = 256 << 10;

    // of its media type: a plus sign has more than one spelling in JSON
    private const string ImageSignatureName = "vnd.dev.cosign.simplesigning";

    public static SignedFileKind KindOf(ReadOnlySpan<byte> content)
    {
        // COSE_Sign1_Tagged: tag 18, then an array of four
        if (content is [0xd2, 0x84, ..]) return SignedFileKind.Notation;
        var head = Encoding.Latin1.GetString(content[..Math.Min(LookedAt, content.Length)]).TrimStart('ï', '»', '¿', ' ', '\t', '\r', '\n');
        if (!head.StartsWith('{')) return SignedFileKind.None;
        if (Has(head, ImageSignatureName) && Has(head, "\"annotations\"") && Has(head, "\"payload\"")) return SignedFileKind.ImageSignature;
        if (Has(head, "\"protected\"") && Has(head, "\"signature\"") && Has(head, "\"payload\"")) return SignedFileKind.Notation;
        return Has(head, "application/vnd.dev.sigstore.bundle") || (Has(head, "\"payloadType\"") && Has(head, "\"signatures\"")) || Has(head, "\"attestations\"") ? SignedFileKind.Bundle : SignedFileKind.None;
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

    private static bool Has(string text, string word) => text.Contains(word, StringComparison.Ordinal);
}
