using Signalbox.Audit.Kubernetes;
using Signalbox.Audit.Kustomize;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitOps;

/// <summary>A secret that can be read in the repository.</summary>
/// <param name="Title">What messages call what holds it.</param>
internal readonly record struct ReadableSecret(SourceFile File, string Title, TextRange Range);

/// <summary>Every Secret of a repository whose value can be read, each once.</summary>
internal static class PlainSecrets
{
    public static IEnumerable<ReadableSecret> All(Repository repository) => Found(repository).DistinctBy(s => (s.File.Path, s.Range));

    private static IEnumerable<ReadableSecret> Found(Repository repository)
    {
        foreach (var (file, target) in repository.All<KubernetesObject>())
            // what whoever installs a chart gives is not written in its template
            if (PlainSecret.Values(target).FirstOrDefault(e => !file.IsGiven(e.Value.Range)) is { } entry && PatchPlaces.Of(repository, file, entry) is var (source, range)) yield return new(source, target.Title, range);
        foreach (var (file, kustomization) in repository.All<Kustomization>())
            foreach (var generator in kustomization.Generators.Where(g => g.Kind == "Secret"))
                if (Literal(generator) is { } literal) yield return new(file, $"secretGenerator '{YamlQuote.Short(generator.Name)}'", literal.Range);
    }

    private static YamlScalar? Literal(Generator generator) => generator.Root.Get("literals").Items().OfType<YamlScalar>()
        .FirstOrDefault(l => l.Value.IndexOf('=') is > 0 and var at && l.Value[(at + 1)..].Trim('"', '\'') is { Length: > 0 } value && !PlainSecret.IsPlaceholder(value) && !PlainSecret.IsPlaceholder(PlainSecret.Decoded(value) ?? value));
}
