using System.Runtime.CompilerServices;
using Signalbox.Audit.Compose;
using Signalbox.Audit.Docker;
using Signalbox.Audit.Kubernetes;
using Signalbox.Delivery;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Images;

/// <summary>
/// Digests that are known for a tag: from another place of the repository that pins it, from its registry where that was
/// asked, or from a lock file. The first that knows one says it.
/// </summary>
internal sealed class KnownDigests
{
    /// <summary>Where fixes take a digest from, for the pages of rules.</summary>
    public const string Source = "The fix takes the digest from another place of the repository that pins the same tag, with `--online` from the image's registry, or from `images.lock`.";

    private static readonly ConditionalWeakTable<Repository, KnownDigests> s_built = [];

    private readonly Dictionary<ImageTag, Digest?> _pinned = [];
    private readonly Dictionary<ImageTag, Digest> _said = [];

    private KnownDigests(Repository repository)
    {
        foreach (var image in UsedImages.Of(repository)) Learn(image);
        foreach (var asked in repository.All<AskedDigest>()) _said.TryAdd(asked.Document.Said.Image, asked.Document.Said.Digest);
        foreach (var locked in repository.All<TagDigest>()) _said.TryAdd(locked.Document.Image, locked.Document.Digest);
    }

    public static KnownDigests Of(Repository repository) => s_built.GetValue(repository, static r => new(r));

    /// <summary>A fix that writes the digest behind an image's name.</summary>
    /// <param name="place">Where the name stands, with its quotes.</param>
    /// <param name="written">The name as its reader understood it.</param>
    /// <returns>Null where no digest is known for the image's tag, or the name is put together from other places.</returns>
    public Fix? Pin(SourceFile file, TextRange place, string written, WrittenImage image, FixSafety safety = FixSafety.Safe)
    {
        if (WrittenImage.Parse(written) != image || Known(image) is not { } digest) return null;
        var text = file.Text.Slice(place);
        var quoted = text.Length > 1 && text[0] is '"' or '\'' && text[^1] == text[0];
        if ((quoted ? text[1..^1] : text) is var bare && bare != written && bare != UsedCode.ImageScheme + written) return null;
        var end = place.End - (quoted ? 1 : 0);
        return new(safety, "pin the digest that is known for the tag", [new(file.Path, new(new(end, end), "@" + digest))]);
    }

    private Digest? Known(WrittenImage image) =>
        ImageTag.Of(image) is not { } tag ? null : _pinned.GetValueOrDefault(tag) ?? (_said.TryGetValue(tag, out var said) ? said : null);

    // two places that differ say nothing
    private void Learn(WrittenImage image)
    {
        if (!Digest.TryParse(image.Digest, out var digest) || image.Tag is null || ImageTag.Of(image with { Digest = null }) is not { } tag) return;
        _pinned[tag] = !_pinned.TryGetValue(tag, out var known) || known == digest ? digest : null;
    }
}

/// <summary>The images that a repository runs, builds on, or runs jobs in.</summary>
internal static class UsedImages
{
    public static IEnumerable<WrittenImage> Of(Repository repository)
    {
        var pods = repository.All<PodContainer>().Select(c => c.Document.EffectiveImage);
        var bases = repository.All<Dockerfile>().SelectMany(d => d.Document.Stages).Select(s => s.Outside);
        var jobs = repository.All<Pipeline>().SelectMany(p => p.Document.Jobs).SelectMany(References).Select(WrittenImage.Parse);
        var services = repository.All<ComposeService>().Where(s => !s.Document.IsBuilt).Select(s => s.Document.Image);
        return pods.Concat(bases).Concat(jobs).Concat(services).OfType<WrittenImage>();
    }

    private static IEnumerable<string?> References(Job job) =>
    [
        .. ((IEnumerable<ContainerImage?>)[job.Container, .. job.Services]).Where(i => i?.IsNamedElsewhere == false).Select(i => i!.Reference),
        .. job.Steps.Select(s => s.Uses?.Image),
    ];
}
