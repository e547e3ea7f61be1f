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
        var managed = Managed(repository);
        foreach (var (file, target) in repository.All<KubernetesObject>())
            // what whoever installs a chart gives is not written in its template
            if (PlainSecret.Values(target).FirstOrDefault(e => !file.IsGiven(e.Value.Range) && (!managed.Contains((target.Folder, target.Name)) || IsSecret(e))) is { } entry && PatchPlaces.Of(repository, file, entry) is var (source, range)) yield return new(source, target.Title, range);
        foreach (var (file, kustomization) in repository.All<Kustomization>())
            foreach (var generator in kustomization.Generators.Where(g => g.Kind == "Secret"))
                if (Literal(generator) is { } literal) yield return new(file, $"secretGenerator '{YamlQuote.Short(generator.Name)}'", literal.Range);
    }

    /// <summary>The Secrets that a manager takes from the cluster or makes there: what documentation shows of those is no secret, unless it is called one.</summary>
    private static HashSet<(string Folder, string? Name)> Managed(Repository repository) =>
    [
        .. repository.All<KubernetesObject>().Where(o => o.Document.Kind == "PushSecret").Select(o => (o.Document.Folder, o.Document.Spec.Get("selector", "secret").Text("name"))),
        .. repository.All<KubernetesObject>().Where(o => ExternalSecrets.Is(o.Document) && TestData.IsAlone(repository, o.File.Path)).Select(o => (o.Document.Folder, (string?)ExternalSecrets.Target(o.Document))),
    ];

    private static bool IsSecret(YamlEntry entry) => entry.Value.Text() is { } text
        && (SecretWords.OfName(entry.Key.Value) == SecretLikeness.Strong || SecretWords.OfEncoded(text) == SecretLikeness.Strong);

    private static YamlScalar? Literal(Generator generator) => generator.Root.Get("literals").Items().OfType<YamlScalar>()
        .OrderByDescending(l => SecretWords.OfName(l.Value.Split('=')[0]) == SecretLikeness.Strong)
        .FirstOrDefault(l => l.Value.IndexOf('=') is > 0 and var at && l.Value[(at + 1)..].Trim('"', '\'') is { Length: > 0 } value && !PlainSecret.IsPublic(l.Value[..at], value) && !PlainSecret.IsPlaceholder(value) && !PlainSecret.IsPlaceholder(PlainSecret.Decoded(value) ?? value));
}
