using System.Runtime.CompilerServices;
using Signalbox.Delivery;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Images;

/// <summary>A rule whose fix pins images: what they need is asked for only where one of them looks.</summary>
internal interface IPinsImages;

/// <summary>
/// Digests that are known for a tag: from another place of the repository that pins it, from its registry where that was
/// asked, or from a lock file. The first that knows one says it.
/// </summary>
internal sealed class KnownDigests
{
    /// <summary>Where fixes take a digest from, for the pages of rules.</summary>
    public const string Source = "The fix takes the digest from another place of the repository that pins the same tag, with `--online` from the image's registry, or from `images.lock`. It is unsafe for an image without a tag or at `latest`, where the newest may be what is wanted.";

    private static readonly ConditionalWeakTable<Repository, KnownDigests> s_built = [];

    private readonly Dictionary<ImageTag, Digest> _said;

    private KnownDigests(Repository repository)
    {
        _said = Pinned(repository);
        foreach (var asked in repository.All<AskedDigest>()) _said.TryAdd(asked.Document.Said.Image, asked.Document.Said.Digest);
        foreach (var locked in repository.All<TagDigest>()) _said.TryAdd(locked.Document.Image, locked.Document.Digest);
    }

    public static KnownDigests Of(Repository repository) => s_built.GetValue(repository, static r => new(r));

    /// <summary>The tags that the repository itself pins, each in one way.</summary>
    public static Dictionary<ImageTag, Digest> Pinned(Repository repository)
    {
        var pinned = new Dictionary<ImageTag, Digest>();
        var disputed = new HashSet<ImageTag>();
        foreach (var (image, onePlatform) in UsedImages.Of(repository))
        {
            if (onePlatform || image.Tag is null || !Digest.TryParse(image.Digest, out var digest) || ImageTag.Of(image with { Digest = null }) is not { } tag) continue;
            if (!pinned.TryAdd(tag, digest) && pinned[tag] != digest) disputed.Add(tag);
        }
        foreach (var tag in disputed) pinned.Remove(tag);
        return pinned;
    }

    /// <summary>A fix that writes the digest behind an image's name.</summary>
    /// <param name="place">Where the name stands, with its quotes.</param>
    /// <param name="written">The name as its reader understood it.</param>
    /// <returns>Null where no digest is known for the image's tag, or the name is put together from other places.</returns>
    public Fix? Pin(SourceFile file, TextRange place, string written, WrittenImage image)
    {
        if (WrittenImage.Parse(written) != image || ImageTag.Of(image) is not { } tag || !_said.TryGetValue(tag, out var digest)) return null;
        var text = file.Text.Slice(place);
        var quoted = text.Length > 1 && text[0] is '"' or '\'' && text[^1] == text[0];
        var bare = quoted ? text[1..^1] : text;
        if (bare != written && bare != UsedCode.ImageScheme + written) return null;
        var end = place.End - (quoted ? 1 : 0);
        return new(image.IsMutable ? FixSafety.Unsafe : FixSafety.Safe, "pin the digest that is known for the tag", [new(file.Path, new(new(end, end), "@" + digest))]);
    }
}
