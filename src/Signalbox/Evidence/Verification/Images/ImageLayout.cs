using System.Security.Cryptography;
using System.Text;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Images;

/// <summary>
/// An OCI image layout (image-spec v1.1, image-layout.md) as <c>cosign save</c>, <c>skopeo</c> and <c>oras</c> write it.
/// Every blob is held against its digest; what lies beside the layout is never read. Nothing that the index says of an entry decides
/// what it is: nobody signs the index. At most <see cref="EvidenceLimits"/> of evidence.
/// </summary>
/// <param name="read">Gives the bytes of a path inside the layout, at most so many, or null where there is no such file; more is an <see cref="IOException"/>.</param>
public sealed class ImageLayout(Func<string, int, byte[]?> read)
{
    private const int MostManifests = 1000, LargestManifest = 4 << 20;

    private readonly Dictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);
    private long _bytes;
    private int _pieces;

    /// <summary>The digest of the layout's image: the one manifest that is no evidence. It lies in the layout, and has that digest.</summary>
    /// <exception cref="FormatException">There is none, or several.</exception>
    public ArtifactDigest ImageDigest() => Guarded(() =>
    {
        var images = Manifests().Where(manifest => !manifest.IsEvidence).Select(manifest => manifest.Digest).ToList();
        return images.Count == 1 && ArtifactDigest.TryParse(images[0], out var digest)
            ? digest!
            : throw new MalformedException($"the layout holds {images.Count} images; expected the one that is meant to be named by its digest");
    });

    /// <summary>Signatures and attestations about the image: cosign's manifests, and those whose subject it is.</summary>
    /// <exception cref="FormatException">The layout is damaged, does not hold the image, or holds more evidence than is read.</exception>
    public IReadOnlyList<ImageEvidence> EvidenceFor(ArtifactDigest image) => Guarded<IReadOnlyList<ImageEvidence>>(() =>
    {
        _ = Blob(image.ToString(), "the image", LargestManifest);
        return [.. Manifests().Where(manifest => manifest.IsEvidence).SelectMany(manifest => Layers(manifest.Fields, image))];
    });

    /// <summary>Each manifest of the index once, and what it is by its own words.</summary>
    private List<(string Digest, JsonFields Fields, bool IsEvidence)> Manifests()
    {
        var index = JsonFields.Parse(Bytes("index.json", LargestManifest) ?? throw new MalformedException("the directory has no index.json, so it is no image layout"), "index.json");
        var listed = index.Objects("manifests");
        if (listed.Count > MostManifests) throw new MalformedException($"the layout has {listed.Count} manifests; the most is {MostManifests}");
        return [.. listed.Select(entry => entry.RequiredText("digest")).Distinct(StringComparer.Ordinal).Select(digest => (digest, Manifest(digest))).Select(manifest => (manifest.digest, manifest.Item2, IsEvidence(manifest.Item2)))];
    }

    private JsonFields Manifest(string digest) => JsonFields.Parse(Blob(digest, "a manifest", LargestManifest), "a manifest");

    /// <summary>
    /// Nothing but evidence in its layers, or about something and none that could run. Whatever could be taken out and run is an image,
    /// or it would go unsigned beside one that is signed.
    /// </summary>
    private static bool IsEvidence(JsonFields manifest)
    {
        if (manifest.Has("manifests")) return false;
        var layers = manifest.Objects("layers");
        if (layers.Count > 0 && layers.All(layer => ImageEvidence.IsUnderstood(layer.Text("mediaType") ?? ""))) return true;
        return manifest.Has("subject") && !IsOfImage(manifest.Object("config")) && !layers.Any(IsOfImage);
    }

    /// <summary>A configuration or a layer as runtimes take them (image-spec v1.1, media-types.md; Docker's schema 2).</summary>
    private static bool IsOfImage(JsonFields descriptor) => descriptor.Text("mediaType") is { } type
        && (type.StartsWith("application/vnd.oci.image.", StringComparison.Ordinal) || type.StartsWith("application/vnd.docker.", StringComparison.Ordinal));

    private static bool IsOfImage(JsonFields? descriptor) => descriptor is { } given && IsOfImage(given);

    private IEnumerable<ImageEvidence> Layers(JsonFields manifest, ArtifactDigest image)
    {
        if (manifest.Object("subject") is { } subject && subject.RequiredText("digest") != image.ToString()) yield break;
        foreach (var layer in manifest.Objects("layers"))
        {
            if (++_pieces > EvidenceLimits.MostPieces) throw new MalformedException($"the layout holds more than {EvidenceLimits.MostPieces} pieces of evidence");
            yield return new(layer.Text("mediaType") ?? "", Blob(layer.RequiredText("digest"), "a layer", EvidenceLimits.LargestPiece), layer.Object("annotations")?.Texts() ?? []);
        }
    }

    /// <summary>A blob's path is made of its digest alone, so that no name in the layout leads out of it. It is read once.</summary>
    private byte[] Blob(string digest, string what, int most)
    {
        if (_blobs.TryGetValue(digest, out var known)) return known;
        if (!ArtifactDigest.TryParse(digest, out var parsed) || parsed!.Algorithm != "sha256") throw new MalformedException($"{what} is named by '{JsonFields.Shown(digest)}'; expected a sha256 digest");
        var bytes = Bytes($"blobs/sha256/{parsed.Hex}", most) ?? throw new MalformedException($"{what} {digest} is missing in the layout");
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != parsed.Hex) throw new MalformedException($"{what} {digest} has other bytes than its digest says");
        return _blobs[digest] = bytes;
    }

    private byte[]? Bytes(string path, int most)
    {
        var bytes = read(path, most);
        _bytes += bytes?.Length ?? 0;
        return _bytes <= EvidenceLimits.MostBytes ? bytes : throw new MalformedException($"the layout holds more than {EvidenceLimits.MostBytes >> 20} MiB of manifests and evidence");
    }

    private static T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is MalformedException or IOException)
        {
            throw new FormatException(e.Message, e);
        }
        catch (Exception e) when (e is InvalidOperationException or DecoderFallbackException)
        {
            throw new FormatException("the layout is malformed", e);
        }
    }
}
