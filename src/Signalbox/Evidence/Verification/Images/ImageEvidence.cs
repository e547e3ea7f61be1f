namespace Signalbox.Evidence.Verification.Images;

/// <summary>Signed evidence that was found beside an image.</summary>
/// <param name="MediaType">What the layer says it is.</param>
public sealed record ImageEvidence(string MediaType, byte[] Content, IReadOnlyDictionary<string, string> Annotations)
{
    public const string Bundle = "application/vnd.dev.sigstore.bundle.v0.3+json";
    public const string Envelope = "application/vnd.dsse.envelope.v1+json";
    public const string NotationJws = "application/jose+json", NotationCose = "application/cose";

    // a prefix ends before the version that it may have
    private static readonly string[] s_understood =
    [
        ImageSignature.MediaType, "application/vnd.dev.sigstore.bundle", "application/vnd.dsse.envelope", NotationJws, NotationCose,
        "application/vnd.cyclonedx+json", "application/spdx+json", "text/spdx+json", "application/vnd.openvex+json", "application/sarif+json",
    ];

    /// <summary>Whether a layer of this media type is evidence that is understood: none of them is a part of a file system.</summary>
    public static bool IsUnderstood(string mediaType) => Array.Exists(s_understood, type => mediaType.StartsWith(type, StringComparison.Ordinal));
}

/// <summary>How much evidence may lie beside one image, in a registry or on disk: what is more is an attack, not evidence.</summary>
internal static class EvidenceLimits
{
    public const int MostPieces = 200, LargestPiece = 32 << 20;

    public const long MostBytes = 128L << 20;
}
