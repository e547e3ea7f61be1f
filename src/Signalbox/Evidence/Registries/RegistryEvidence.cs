using Signalbox.Delivery;

namespace Signalbox.Evidence.Registries;

/// <summary>How evidence was found beside an image.</summary>
public enum EvidencePlace
{
    /// <summary>Under a tag made of the image's digest, as cosign has it before version 3: <c>sha256-….sig</c>, <c>.att</c>, <c>.sbom</c>.</summary>
    Tag,

    /// <summary>By a manifest whose subject is the image (distribution-spec v1.1, "Listing Referrers").</summary>
    Referrer,
}

/// <summary>One piece of evidence as a registry has it.</summary>
/// <param name="Where">For people: the tag or the digest of the manifest that holds it.</param>
/// <param name="Annotations">The layer's.</param>
public sealed record RegistryEvidence(EvidencePlace Place, string Where, string MediaType, byte[] Content, IReadOnlyDictionary<string, string> Annotations)
{
    /// <summary>A tag may hold several: each has a name of its own, so that none takes another's place.</summary>
    public string Name => $"{Where} {Digest.Of(Content)}";
}

/// <summary>What lies beside an image.</summary>
/// <param name="Image">The digest that all of it is about.</param>
/// <param name="MediaType">Of the image's manifest.</param>
/// <param name="Size">Of the image's manifest, bytes.</param>
/// <param name="NotUnderstood">Media types of what was left where it is.</param>
public sealed record ImageFindings(Digest Image, string MediaType, long Size, IReadOnlyList<RegistryEvidence> Evidence, IReadOnlyList<string> NotUnderstood);
