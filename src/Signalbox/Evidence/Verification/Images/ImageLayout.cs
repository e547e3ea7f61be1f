using System.Security.Cryptography;
using System.Text;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Images;

/// <summary>Signed evidence that was found beside an image.</summary>
/// <param name="MediaType">What the layer says it is.</param>
public sealed record ImageEvidence(string MediaType, byte[] Content, IReadOnlyDictionary<string, string> Annotations)
{
    public const string Bundle = "application/vnd.dev.sigstore.bundle.v0.3+json";
    public const string Envelope = "application/vnd.dsse.envelope.v1+json";
}

/// <summary>
/// An OCI image layout (image-spec v1.1, image-layout.md) as <c>cosign save</c>, <c>skopeo</c> and <c>oras</c> write it.
/// Every blob is held against its digest; what lies beside the layout is never read.
/// </summary>
/// <param name="read">Gives the bytes of a path inside the layout, or null where there is none.</param>
public sealed class ImageLayout(Func<string, byte[]?> read)
{
    private const int MostManifests = 1000;

    /// <summary>The digest of the layout's image: the one manifest that no other is about, or that a tag or cosign's kind names.</summary>
    /// <exception cref="FormatException">There is none, or several.</exception>
    public ArtifactDigest ImageDigest() => Guarded(() =>
    {
        var images = Manifests().Where(manifest => !IsSignature(manifest)).Select(manifest => manifest.RequiredText("digest")).Distinct().ToList();
        return images.Count == 1 && ArtifactDigest.TryParse(images[0], out var digest)
            ? digest!
            : throw new MalformedException($"the layout holds {images.Count} images; expected the one that is meant to be named by its digest");
    });

    /// <summary>Signatures and attestations about the image: cosign's manifests, and those whose subject it is.</summary>
    /// <exception cref="FormatException">The layout is damaged.</exception>
    public IReadOnlyList<ImageEvidence> EvidenceFor(ArtifactDigest image) => Guarded<IReadOnlyList<ImageEvidence>>(() =>
        [.. Manifests().Where(IsSignature).SelectMany(descriptor => Layers(descriptor, image))]);

    private IReadOnlyList<JsonFields> Manifests()
    {
        var index = JsonFields.Parse(read("index.json") ?? throw new MalformedException("the directory has no index.json, so it is no image layout"), "index.json");
        var manifests = index.Objects("manifests");
        return manifests.Count <= MostManifests ? manifests : throw new MalformedException($"the layout has {manifests.Count} manifests; the most is {MostManifests}");
    }

    private bool IsSignature(JsonFields descriptor)
    {
        var annotations = descriptor.Object("annotations");
        if (annotations?.Text("kind") is { } kind) return kind is "dev.cosignproject.cosign/sigs" or "dev.cosignproject.cosign/atts";
        if (annotations?.Text("org.opencontainers.image.ref.name") is { } name && (name.EndsWith(".sig", StringComparison.Ordinal) || name.EndsWith(".att", StringComparison.Ordinal))) return true;
        return descriptor.Text("artifactType") is not null || Blob(descriptor.RequiredText("digest"), "a manifest") is var bytes && JsonFields.Parse(bytes, "a manifest").Has("subject");
    }

    private IEnumerable<ImageEvidence> Layers(JsonFields descriptor, ArtifactDigest image)
    {
        var manifest = JsonFields.Parse(Blob(descriptor.RequiredText("digest"), "a manifest"), "a manifest");
        if (manifest.Object("subject") is { } subject && subject.RequiredText("digest") != image.ToString()) yield break;
        foreach (var layer in manifest.Objects("layers"))
            yield return new(layer.Text("mediaType") ?? "", Blob(layer.RequiredText("digest"), "a layer"), Annotations(layer));
    }

    private static Dictionary<string, string> Annotations(JsonFields layer) => layer.Object("annotations") is { } annotations
        ? annotations.Element.EnumerateObject().ToDictionary(property => property.Name, property => annotations.Text(property.Name) ?? "", StringComparer.Ordinal)
        : [];

    /// <summary>A blob's path is made of its digest alone, so that no name in the layout leads out of it.</summary>
    private byte[] Blob(string digest, string what)
    {
        if (!ArtifactDigest.TryParse(digest, out var parsed) || parsed!.Algorithm != "sha256") throw new MalformedException($"{what} is named by '{JsonFields.Shown(digest)}'; expected a sha256 digest");
        var bytes = read($"blobs/sha256/{parsed.Hex}") ?? throw new MalformedException($"{what} {digest} is missing in the layout");
        return Convert.ToHexStringLower(SHA256.HashData(bytes)) == parsed.Hex ? bytes : throw new MalformedException($"{what} {digest} has other bytes than its digest says");
    }

    private static T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (MalformedException e)
        {
            throw new FormatException(e.Message, e);
        }
        catch (Exception e) when (e is InvalidOperationException or DecoderFallbackException)
        {
            throw new FormatException("the layout is malformed", e);
        }
    }
}
