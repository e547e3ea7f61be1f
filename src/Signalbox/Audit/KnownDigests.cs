using System.Runtime.CompilerServices;
using Signalbox.Audit.Docker;
using Signalbox.Audit.Kubernetes;

namespace Signalbox.Audit;

/// <summary>Digests that the repository itself gives for a tag: what a pin can take without asking a registry.</summary>
internal sealed class KnownDigests
{
    private static readonly ConditionalWeakTable<Repository, KnownDigests> s_built = [];

    private readonly Dictionary<(string Name, string Tag), string?> _digests = [];

    private KnownDigests(Repository repository)
    {
        foreach (var (_, container) in repository.All<PodContainer>()) Learn(container.EffectiveImage);
        foreach (var (_, dockerfile) in repository.All<Dockerfile>())
            foreach (var stage in dockerfile.Stages) Learn(stage.Outside);
    }

    public static KnownDigests Of(Repository repository) => s_built.GetValue(repository, static r => new(r));

    /// <summary>The one digest that is given for an image's tag; null where there is none, or two that differ.</summary>
    public string? Pin(WrittenImage image) => image.Tag is { } tag ? _digests.GetValueOrDefault((image.Name, tag)) : null;

    private void Learn(WrittenImage? image)
    {
        if (image is not { Tag: { } tag, Digest: { } digest }) return;
        var key = (image.Name, tag);
        _digests[key] = !_digests.TryGetValue(key, out var known) || known == digest ? digest : null;
    }
}
