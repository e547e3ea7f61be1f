using System.Globalization;
using System.Text;

namespace Signalbox.Delivery.Artifacts;

/// <summary>The OCI image manifest of one uncompressed tar layer (image-spec v1.1, "Guidance for an Empty Descriptor").</summary>
/// <remarks>
/// The bytes are fixed: no white space, keys in this order, so that the digest follows from the layer alone.
/// A registry that is given the layer, the two bytes <c>{}</c> and these bytes holds the artifact under the same digest.
/// </remarks>
public static class ArtifactManifest
{
    public const string ArtifactType = "application/vnd.signalbox.artifact.v1";

    // the digest of the two bytes {}
    private const string Empty = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    /// <param name="size">Bytes of the layer.</param>
    public static byte[] Bytes(Digest layer, long size) => Encoding.UTF8.GetBytes(string.Concat(
        """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":""", $"\"{ArtifactType}\"",
        ""","config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":""", $"\"{Empty}\"",
        ""","size":2},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":""", $"\"{layer}\"",
        ""","size":""", size.ToString(CultureInfo.InvariantCulture), "}]}"));

    public static Digest DigestOf(Digest layer, long size) => Digest.Of(Bytes(layer, size));
}
