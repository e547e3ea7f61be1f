using System.Runtime.CompilerServices;
using Signalbox.Audit.Compose;
using Signalbox.Audit.Docker;
using Signalbox.Audit.Kubernetes;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Images;

/// <summary>The images that a repository builds itself: their names are its own, and no registry decides what they are.</summary>
internal sealed class OwnImages
{
    private static readonly ConditionalWeakTable<Repository, OwnImages> s_built = [];

    private readonly HashSet<string> _replaced;
    private readonly HashSet<string> _composed;
    private readonly HashSet<string> _bases;

    private OwnImages(Repository repository)
    {
        _replaced = [.. repository.All<KubernetesObject>().Where(o => o.Document.Kind == "Config" && o.Document.Group == "skaffold").SelectMany(o => Artifacts(o.Document.Root))];
        _composed = [.. repository.All<ComposeService>().Where(s => s.Document.IsBuilt).Select(s => s.Document.Image?.Name).OfType<string>()];
        // FROM node AS node gives the registry's image its own name
        var stages = repository.All<Dockerfile>().SelectMany(d => d.Document.Stages).Where(s => s.Outside?.Name != s.Name).Select(s => s.Name).OfType<string>();
        var pipelines = repository.All<Pipeline>().SelectMany(p => p.Document.Jobs).SelectMany(j => j.Activities).Where(a => a.Kind == ActivityKind.BuildImage).SelectMany(a => a.Subject?.Split('\n', ' ') ?? []).Select(s => WrittenImage.Parse(s)?.Name).OfType<string>();
        // FROM node:24 AS node: the name is a registry's before it is a stage's
        var tagged = repository.All<Dockerfile>().SelectMany(d => d.Document.Stages).Select(s => s.Outside).OfType<WrittenImage>().Where(i => !i.IsMutable).Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        _bases = [.. stages.Concat(pipelines).Concat(_composed).Concat(_replaced).Where(n => !tagged.Contains(n))];
    }

    public static OwnImages Of(Repository repository) => s_built.GetValue(repository, static r => new(r));

    /// <summary>Whether Skaffold puts what it built in the name's place: skaffold.dev/docs/builders.</summary>
    public bool IsReplaced(WrittenImage image) => image.Tag is null && _replaced.Contains(image.Name);

    /// <summary>Whether a service of a Compose file builds it.</summary>
    public bool IsBuilt(WrittenImage image) => _composed.Contains(image.Name);

    /// <summary>Whether a Dockerfile that starts from it means what is built here: a name with a folder or registry may be pulled.</summary>
    public bool IsBase(WrittenImage image) => image.Registry is null && !image.Repository.Contains('/') && _bases.Contains(image.Name);

    /// <summary>Whether a service runs only what is on the machine: docs.docker.com/reference/compose-file/services/#pull_policy.</summary>
    public static bool IsNeverPulled(ComposeService service) => service.Root.Text("pull_policy") is "never" or "build";

    private static IEnumerable<string> Artifacts(YamlNode root) => root.Get("profiles").Items().Append(root).SelectMany(r => r.Get("build", "artifacts").Items()).Select(a => a.Text("image")).OfType<string>();
}
