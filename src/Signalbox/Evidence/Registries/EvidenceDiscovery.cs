using Signalbox.Delivery;
using Signalbox.Evidence.Verification.Images;

namespace Signalbox.Evidence.Registries;

/// <summary>Finds what a registry holds about an image: signatures, attestations, SBOMs; by cosign's tags and by referrers.</summary>
public sealed class EvidenceDiscovery(RegistryClient registry)
{
    private static readonly string[] s_tags = ["sig", "att", "sbom"];

    private readonly List<RegistryEvidence> _found = [];
    private readonly List<string> _notUnderstood = [];
    private long _bytes;

    /// <exception cref="RegistryException">The image is not there, or the registry is not true to it.</exception>
    public async Task<ImageFindings> FindAsync(CancellationToken cancel)
    {
        var image = await registry.ManifestAsync(cancel).ConfigureAwait(false);
        foreach (var tag in s_tags) await TakeTagAsync($"sha256-{image.Digest.Hex}.{tag}", cancel).ConfigureAwait(false);
        foreach (var referrer in (await registry.ReferrersAsync(image.Digest, cancel).ConfigureAwait(false)).DistinctBy(entry => entry.Digest))
            await TakeReferrerAsync(referrer, image.Digest, cancel).ConfigureAwait(false);
        return new(image.Digest, image.MediaType, image.Bytes.Length, _found, [.. _notUnderstood.Distinct()]);
    }

    private async Task TakeTagAsync(string tag, CancellationToken cancel)
    {
        if (await registry.FindAsync(tag, cancel).ConfigureAwait(false) is { IsIndex: false } manifest)
            await TakeLayersAsync(EvidencePlace.Tag, tag, manifest, cancel).ConfigureAwait(false);
    }

    /// <summary>The list is the registry's word; what the manifest itself is about is held against the image.</summary>
    private async Task TakeReferrerAsync(RegistryDescriptor referrer, Digest image, CancellationToken cancel)
    {
        if (await registry.FindAsync(referrer.Digest.Value, cancel).ConfigureAwait(false) is not { IsIndex: false } manifest) return;
        if (manifest.Subject?.Digest != image) throw new RegistryException(RegistryFailure.Untrue, $"{registry.Image.Registry}: it lists {manifest.Digest} as about {image}, which is about {manifest.Subject?.Digest.Value ?? "nothing"}");
        await TakeLayersAsync(EvidencePlace.Referrer, manifest.Digest.Value, manifest, cancel).ConfigureAwait(false);
    }

    private async Task TakeLayersAsync(EvidencePlace place, string where, RegistryManifest manifest, CancellationToken cancel)
    {
        foreach (var layer in manifest.Entries)
        {
            if (!ImageEvidence.IsUnderstood(layer.MediaType))
            {
                _notUnderstood.Add(layer.MediaType);
                continue;
            }
            _bytes += layer.Size;
            if (_found.Count == EvidenceLimits.MostPieces || _bytes > EvidenceLimits.MostBytes)
                throw new RegistryException(RegistryFailure.Untrue, $"{registry.Image} has more than {EvidenceLimits.MostPieces} pieces or {EvidenceLimits.MostBytes >> 20} MiB of evidence");
            _found.Add(new(place, where, layer.MediaType, await registry.BlobAsync(layer, EvidenceLimits.LargestPiece, cancel).ConfigureAwait(false), layer.Annotations));
        }
    }
}
