using Signalbox.Audit.Kustomize;

namespace Signalbox.Audit.Kubernetes;

/// <summary>What the files around a manifest make of its objects.</summary>
/// <param name="IsPartial">It is laid over a whole object.</param>
/// <param name="NamespaceIsOpen">The namespace comes from elsewhere.</param>
/// <param name="Roots">The folders of the kustomizations that deploy it.</param>
/// <param name="Images">For each way it is deployed, the images that are replaced on that way.</param>
/// <param name="IsUnused">Nobody applies it: a patch that no kustomization names.</param>
internal sealed record Placement(bool IsPartial, bool NamespaceIsOpen, IReadOnlyList<string> Roots, IReadOnlyList<IReadOnlyList<ImageOverride>> Images, bool IsUnused = false)
{
    public static Placement AsWritten { get; } = new(false, false, [], []);

    /// <summary>What a patch is that lies beside a kustomization and is not named by it.</summary>
    public static Placement Unused { get; } = new(true, false, [], [], true);

    /// <summary>
    /// The image that runs. Where every way replaces it, that is the first one's; where one way leaves it, that is what was written.
    /// </summary>
    public WrittenImage? Effective(WrittenImage? written)
    {
        if (written is null || Images.Count == 0) return written;
        var found = Images.Select(way => way.Aggregate(written, Replaced)).ToList();
        return found.FirstOrDefault(f => f.IsMutable) ?? found[0];
    }

    /// <summary>Whether no way replaces the image.</summary>
    public bool Leaves(WrittenImage? written) => written is not null && Images.All(way => way.Aggregate(written, Replaced) == written);

    private static WrittenImage Replaced(WrittenImage image, ImageOverride change)
    {
        if (change.Name != image.Name) return image;
        var named = change.NewName is null ? image : WrittenImage.Parse(change.NewName) is { } name ? image with { Registry = name.Registry, Repository = name.Repository } : image;
        return change.Digest is { } digest ? named with { Tag = null, Digest = digest } : change.NewTag is { } tag ? named with { Tag = tag, Digest = null } : named;
    }
}
