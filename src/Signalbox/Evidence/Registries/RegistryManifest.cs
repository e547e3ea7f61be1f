using Signalbox.Delivery;
using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Registries;

/// <summary>What a manifest says of one piece (image-spec v1.1, descriptor.md).</summary>
public sealed record RegistryDescriptor(string MediaType, Digest Digest, long Size, string? ArtifactType, IReadOnlyDictionary<string, string> Annotations)
{
    internal static RegistryDescriptor Read(JsonFields fields)
    {
        var size = fields.Int64("size") is { } bytes and >= 0 ? bytes : throw fields.Missing("size");
        if (!Digest.TryParse(fields.RequiredText("digest"), out var digest)) throw new MalformedException($"{fields.At("digest")} is '{JsonFields.Shown(fields.RequiredText("digest"))}'; expected a sha256 digest");
        return new(fields.Text("mediaType") ?? "", digest, size, fields.Text("artifactType"), fields.Object("annotations")?.Texts() ?? []);
    }
}

/// <summary>A manifest or an index (image-spec v1.1, manifest.md and image-index.md; Docker's schema 2) whose bytes have its digest.</summary>
/// <param name="IsIndex">Whether it lists manifests and not layers.</param>
/// <param name="ArtifactType">Its own, else its configuration's media type.</param>
/// <param name="Subject">What it is about; null where it is about nothing.</param>
/// <param name="Entries">Its layers, or the manifests that it lists.</param>
public sealed record RegistryManifest(
    Digest Digest, string MediaType, bool IsIndex, string? ArtifactType, RegistryDescriptor? Subject, IReadOnlyList<RegistryDescriptor> Entries, byte[] Bytes)
{
    public const string Index = "application/vnd.oci.image.index.v1+json", Manifest = "application/vnd.oci.image.manifest.v1+json";

    private const int MostEntries = 1000;

    public static IReadOnlyList<string> MediaTypes { get; } =
        [Index, Manifest, "application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.docker.distribution.manifest.v2+json"];

    /// <param name="said">What the registry says that it is: the document must say the same, so that no two clients read two images in it.</param>
    /// <exception cref="MalformedException">It is not a manifest.</exception>
    internal static RegistryManifest Read(byte[] bytes, string? said)
    {
        var fields = JsonFields.Parse(bytes, "the manifest");
        var own = fields.Text("mediaType") ?? said;
        if (own is null || !MediaTypes.Contains(own)) throw new MalformedException($"the manifest's media type is '{JsonFields.Shown(own ?? "")}'; expected an OCI or Docker manifest");
        if (said != own) throw new MalformedException($"the registry says that the manifest is '{JsonFields.Shown(said ?? "nothing")}', the manifest says '{own}'");
        var isIndex = own == Index || own.Contains("manifest.list", StringComparison.Ordinal);
        if (fields.Has(isIndex ? "layers" : "manifests")) throw new MalformedException("the manifest has both layers and manifests, so it is no one image");
        var entries = fields.Objects(isIndex ? "manifests" : "layers");
        if (entries.Count > MostEntries) throw new MalformedException($"the manifest has {entries.Count} entries; the most is {MostEntries}");
        return new(Digest.Of(bytes), own, isIndex, fields.Text("artifactType") ?? fields.Object("config")?.Text("mediaType"),
            fields.Object("subject") is { } subject ? RegistryDescriptor.Read(subject) : null, [.. entries.Select(RegistryDescriptor.Read)], bytes);
    }
}
