using System.Text.RegularExpressions;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitOps;

/// <summary>A path that an application reads its manifests or values from.</summary>
/// <param name="Url">The repository, in a form that compares; <see cref="Flux.Bootstrap"/> for the source that bootstrap makes.</param>
/// <param name="Path">Relative to the repository.</param>
internal sealed record SourcePath(SourceFile File, string Title, string Url, string Path, YamlEntry Entry);

/// <summary>The paths that Argo CD and Flux read from.</summary>
internal static partial class SourcePaths
{
    public static IReadOnlyList<SourcePath> All(Repository repository)
    {
        var found = new List<SourcePath>();
        var cluster = Cluster.Of(repository);
        foreach (var (file, target) in cluster.Objects)
            if (ArgoApplication.Of(target) is { } application)
                foreach (var source in application.Sources) Argo(file, target, source, found);
            else if (Flux.IsKustomization(target) && target.Spec.Entry("path") is { } entry && Url(cluster, target) is { } url) Add(file, target.Title, url, "", entry, found);
        return found;
    }

    /// <summary>The addresses that are this repository: its remotes', and those under which most paths exist here.</summary>
    public static IReadOnlySet<string> Own(Repository repository, IReadOnlyList<SourcePath> paths)
    {
        var own = GitRemotes.Of(repository).Select(Normal).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var group in paths.GroupBy(p => p.Url, StringComparer.OrdinalIgnoreCase))
            if (group.Count(p => repository.Exists(p.Path)) is > 0 and var here && here * 2 >= group.Count()) own.Add(group.Key);
        return own;
    }

    private static void Argo(SourceFile file, KubernetesObject target, ArgoSource source, List<SourcePath> found)
    {
        if (source.Chart is not null || source.Url is null || Revision.IsOpen(source.Url) || source.Root.Entry("path") is not { } entry) return;
        Add(file, target.Title, Normal(source.Url), "", entry, found);
        if (source.Path is not { } folder || Revision.IsOpen(folder) || source.Root.Get("helm").Switch("ignoreMissingValueFiles") == true) return;
        foreach (var values in source.Root.Get("helm", "valueFiles").Items().OfType<YamlScalar>())
            Add(file, target.Title, Normal(source.Url), values.Value.StartsWith('/') ? "" : folder, new(values, values), found);
    }

    private static void Add(SourceFile file, string title, string url, string folder, YamlEntry entry, List<SourcePath> found)
    {
        if (entry.Value.Text() is not { } path || Revision.IsOpen(path) || path.Contains('*') || path.Contains("://", StringComparison.Ordinal) || (IsFilled(file, entry) && Gap().IsMatch(path))) return;
        if (RelativePath.Join(folder, path.TrimStart('/')) is { Length: > 0 } local) found.Add(new(file, title, url, local, entry));
    }

    private static bool IsFilled(SourceFile file, YamlEntry entry) => file.Rendering is not null && file.Text.Slice(entry.Value.Range).Contains("{{", StringComparison.Ordinal);

    // a part of the name is a value that the chart leaves empty: values-.yaml
    [GeneratedRegex(@"[-_.]\.(ya?ml|json)$|[-_]$|//|[-_]/", RegexOptions.CultureInvariant)]
    private static partial Regex Gap();

    private static string? Url(Cluster cluster, KubernetesObject target)
    {
        var reference = target.Spec.Get("sourceRef");
        if (reference.Text("kind") != "GitRepository" || reference.Text("name") is not { } name) return null;
        return cluster.Named("GitRepository", name, reference.Text("namespace"), target).Select(s => s.Document.Spec.Text("url")).OfType<string>().Select(Normal).FirstOrDefault() ?? (name == Flux.Bootstrap ? name : null);
    }

    // git@host:owner/name.git, ssh://git@host/owner/name and https://host/owner/name are one
    private static string Normal(string url)
    {
        var text = url[(url.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0)..];
        text = text[(text.IndexOf('@') + 1)..].Replace(':', '/').TrimEnd('/');
        return (text.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? text[..^4] : text).ToLowerInvariant();
    }
}
