using Signalbox.Delivery;

namespace Signalbox.Audit.Images;

/// <summary>A tag of an image, the same however it is written.</summary>
/// <param name="Name">With its registry: <c>docker.io/library/node</c>.</param>
internal sealed record ImageTag(string Name, string Tag)
{
    /// <summary>The tag that an image means, <c>latest</c> where it has none; null where a digest stands for it, or the tag is empty.</summary>
    public static ImageTag? Of(WrittenImage image)
    {
        if (image.Digest is not null || image.Tag is "") return null;
        var (registry, path) = ImageName.Full(image.Registry, image.Repository);
        return new($"{registry}/{path}", image.Tag ?? "latest");
    }

    public override string ToString() => $"{Name}:{Tag}";
}

/// <summary>Which digest a tag has.</summary>
internal sealed record TagDigest(ImageTag Image, Digest Digest);

/// <summary>What an image's registry itself said in this run.</summary>
internal sealed record AskedDigest(TagDigest Said);

/// <summary>Knows which digest a tag has now, by asking its registry. Calls block; several come at once.</summary>
internal interface IImageRemote
{
    /// <returns>Null where the registry does not say.</returns>
    /// <exception cref="OperationCanceledException"></exception>
    Digest? Ask(ImageTag image, CancellationToken cancel);
}
