using System.Runtime.CompilerServices;
using Signalbox.Audit.GitHub;
using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Audit.Kustomize;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Yaml;

namespace Signalbox.Audit;

/// <summary>
/// Files and folders that something of the repository deploys or runs by their path: resources of kustomizations, the paths of Argo CD and Flux,
/// actions that workflows use, and vendored files that a pipeline deploys. There a folder's name says nothing.
/// </summary>
internal sealed class NamedPlaces
{
    // data of tests that names data of tests counts only where something else names it
    private const int MostRounds = 16;

    private static readonly ConditionalWeakTable<Repository, NamedPlaces> s_built = [];

    private readonly HashSet<string> _places = new(StringComparer.Ordinal);

    private NamedPlaces(Repository repository)
    {
        var all = Namers(repository).ToList();
        foreach (var (_, names) in all.Where(n => !TestData.IsNamed(n.Path))) _places.UnionWith(names);
        var open = all.Where(n => TestData.IsNamed(n.Path)).ToList();
        for (var round = 0; round < MostRounds && open.Where(n => Above(n.Path).Any()).ToList() is { Count: > 0 } next; round++)
        {
            foreach (var (_, names) in next) _places.UnionWith(names);
            open = [.. open.Except(next)];
        }
    }

    /// <summary>Those of everything that was read; once all of it was.</summary>
    public static NamedPlaces Of(Repository repository) => s_built.GetValue(repository, Read);

    /// <summary>Those of what was read so far.</summary>
    public static NamedPlaces Read(Repository repository) => new(repository);

    /// <summary>The places at or above a path.</summary>
    public IEnumerable<string> Above(string path)
    {
        if (_places.Count == 0) yield break;
        for (var at = path; at.Length > 0; at = RelativePath.Folder(at))
            if (_places.Contains(at)) yield return at;
    }

    private static IEnumerable<(string Path, IReadOnlyList<string> Names)> Namers(Repository repository) =>
        repository.All<Kustomization>().Select(k => (k.File.Path, Known(k.Document.Resources.Concat(k.Document.Patches).Select(r => k.Document.Local(r.Value)))))
            .Concat(repository.All<KubernetesObject>().Select(o => (o.File.Path, Known(Sources(o.Document).Select(Local)))).Where(o => o.Item2.Count > 0))
            .Concat(repository.All<GitHubWorkflow>().Select(w => (w.File.Path, Known(Used(new(repository, w.File.Path), w.Document.Pipeline)))))
            .Concat(repository.All<GitHubAction>().Select(a => (a.File.Path, Known(Used(new(repository, a.File.Path), a.Document.Fragment)))))
            .Concat(repository.All<Pipeline>().Select(p => (p.File.Path, Known(Deployed(p.Document).Select(Local).Where(l => l is not null && Vendored.Holds(repository, l + "/"))))));

    // the whole repository is no place of its own
    private static IReadOnlyList<string> Known(IEnumerable<string?> places) => [.. places.Where(p => p is { Length: > 0 }).OfType<string>()];

    private static IEnumerable<string> Sources(KubernetesObject target)
    {
        if (Flux.IsKustomization(target)) return target.Spec.Text("path") is { } path ? [path] : [];
        if (ArgoApplication.Of(target) is not { } application) return [];
        return application.Sources.Select(s => s.Path).Concat(target.Spec.Get("generators").Items().SelectMany(g => g.Get("git", "directories").Items()).Select(d => d.Text("path"))).OfType<string>();
    }

    private static IEnumerable<string?> Used(LocalCode code, Pipeline pipeline) => pipeline.Jobs.SelectMany(j => j.Uses).Where(u => u.IsLocal).Select(code.PathOf);

    private static IEnumerable<string> Deployed(Pipeline pipeline) => pipeline.Jobs.SelectMany(Deployments.Of).SelectMany(d => d.Command?.Words.Select(w => w.Text[(w.Text.IndexOf('=') + 1)..]) ?? []);

    // clusters/* is what lies in clusters
    private static string? Local(string path)
    {
        var star = path.IndexOf('*');
        var known = star < 0 ? path : path[..(path.LastIndexOf('/', star) is >= 0 and var slash ? slash : 0)];
        return Revision.IsOpen(known) || known.Contains("://", StringComparison.Ordinal) || known.Contains('$') ? null : RelativePath.Join("", known.TrimStart('/').TrimEnd('/'));
    }
}
