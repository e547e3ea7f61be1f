using System.Text.RegularExpressions;
using Signalbox.Delivery.Detection;
using Signalbox.Pipelines.Local;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Design;

/// <summary>Reads a repository's plain Kubernetes manifests as far as its delivery goes. What design itself wrote says nothing here.</summary>
internal sealed partial class ManifestSurvey
{
    // objects of others' tools lie in the hundreds beside them
    private const int MostFiles = 500;

    private static readonly string[] s_kustomizations = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

    private sealed record Found(string File, YamlMapping Root)
    {
        public string Kind => Root.Text("kind") ?? "";

        public string Group => Root.Text("apiVersion") is { } version && version.Contains('/') ? version[..version.IndexOf('/')] : "";

        public string Name => Root.Get("metadata").Text("name") ?? "";

        public Seen Seen(string value) => new(value, $"{File}:{Root.Entry("kind")?.Key.Span.Line ?? Root.Span.Line}");
    }

    private readonly SourceTree _tree;
    private readonly List<Found> _objects;

    private ManifestSurvey(SourceTree tree, List<Found> objects) => (_tree, _objects) = (tree, objects);

    public static ManifestSurvey Of(SourceTree tree)
    {
        var files = tree.Ending(".yaml", ".yml").Where(p => !p.Contains("/templates/", StringComparison.Ordinal) && !p.StartsWith("templates/", StringComparison.Ordinal) && !IsOwn(tree, p))
            .Select(tree.Read).OfType<SourceFile>().Where(f => f.Find(Kind()) is not null).Take(MostFiles);
        var objects = new List<Found>();
        foreach (var file in files)
            if (YamlReader.ReadAll(new(file.Text)) is { Problems: [] } read)
                objects.AddRange(read.Documents.OfType<YamlMapping>().Where(d => d.Text("apiVersion") is not null && d.Text("kind") is not null).Select(d => new Found(file.Path, d)));
        return new(tree, objects);
    }

    private static bool IsOwn(SourceTree tree, string path) => tree.Has($"{DesignedFile.Folder}/{path}.base");

    public Seen? GitOps() => First(("argo-cd", o => o is { Group: "argoproj.io", Kind: "Application" or "ApplicationSet" or "AppProject" }),
        ("flux", o => o.Group is "kustomize.toolkit.fluxcd.io" or "helm.toolkit.fluxcd.io" or "source.toolkit.fluxcd.io"));

    public Seen? Progressive() => First(("argo-rollouts", o => o is { Group: "argoproj.io", Kind: "Rollout" or "AnalysisTemplate" or "ClusterAnalysisTemplate" }), ("flagger", o => o.Group == "flagger.app"));

    private Seen? First(params (string Word, Func<Found, bool> Is)[] words) =>
        words.SelectMany(w => _objects.Where(w.Is).Take(1).Select(o => o.Seen(w.Word))).FirstOrDefault();

    /// <summary>The first that runs something and that no tests or examples hold.</summary>
    public WorkloadFound? Workload()
    {
        var found = _objects.FirstOrDefault(o => o is { Kind: "Deployment" or "StatefulSet" or "Rollout", Group: "apps" or "argoproj.io", Name.Length: > 0 } && !Example().IsMatch(o.File) && Container(o) is not null);
        if (found is null || Container(found) is not { } container) return null;
        var folder = found.File.Contains('/') ? found.File[..found.File.LastIndexOf('/')] : "";
        var labels = found.Root.Get("spec", "selector", "matchLabels").Entries().Where(e => e.Value.Text() is not null).Select(e => (e.Key.Value, e.Value.Text()!)).ToList();
        var pod = found.Root.Get("spec", "template", "metadata").Get("labels").Entries().Select(e => (e.Key.Value, e.Value.Text() ?? "")).ToHashSet();
        if (labels.Count == 0 || !labels.All(pod.Contains)) return null;
        return new(found.Kind, found.Name, found.Seen(found.Kind), folder, s_kustomizations.Any(k => Lies(folder, k)), Files(folder), container.Text("name") ?? found.Name, ImageBuilder.RepositoryOf(container.Text("image")!.Split('@')[0]),
            container.Get("ports").Items().Select(p => p.Number("containerPort")).FirstOrDefault(p => p is > 0 and < 65536) is { } port ? (int)port : null,
            container.Get("readinessProbe") is YamlMapping, container.Get("livenessProbe") is YamlMapping, found.Root.Get("spec").Entry("replicas") is not null, labels, Secrets(found), Service(pod), Budget(pod));
    }

    private bool Lies(string folder, string name)
    {
        var path = folder.Length == 0 ? name : $"{folder}/{name}";
        return _tree.Has(path) && !IsOwn(_tree, path);
    }

    private static YamlNode? Container(Found found) => found.Root.Get("spec", "template", "spec").Get("containers").Items().FirstOrDefault(c => c.Text("image") is { Length: > 0 });

    private List<string> Files(string folder) => [.. _objects.Select(o => o.File).Where(f => (f.Contains('/') ? f[..f.LastIndexOf('/')] : "") == folder && !s_kustomizations.Contains(f[(f.LastIndexOf('/') + 1)..]))
        .Distinct(StringComparer.Ordinal).Select(f => f[(f.LastIndexOf('/') + 1)..])];

    private List<string> Secrets(Found found)
    {
        var pod = found.Root.Get("spec", "template", "spec");
        var read = pod.Get("containers").Items().Concat(pod.Get("initContainers").Items()).SelectMany(c => c.Get("envFrom").Items().Select(e => e.Get("secretRef").Text("name"))
                .Concat(c.Get("env").Items().Select(e => e.Get("valueFrom", "secretKeyRef").Text("name"))))
            .Concat(pod.Get("volumes").Items().Select(v => v.Get("secret").Text("secretName"))).OfType<string>();
        var made = _objects.Where(o => o.Kind is "Secret" or "SealedSecret" or "ExternalSecret").Select(o => o.Root.Get("spec", "target").Text("name") ?? o.Name).ToHashSet(StringComparer.Ordinal);
        return [.. read.Where(s => !made.Contains(s)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private (string, int)? Service(HashSet<(string, string)> pod)
    {
        foreach (var service in _objects.Where(o => o is { Kind: "Service", Group: "" } && Selects(o.Root.Get("spec", "selector"), pod)))
            if (service.Root.Get("spec", "ports").Items().Select(p => p.Number("port")).FirstOrDefault(p => p is > 0 and < 65536) is { } port) return (service.Name, (int)port);
        return null;
    }

    private Seen? Budget(HashSet<(string, string)> pod) => _objects.FirstOrDefault(o => o.Kind == "PodDisruptionBudget" && Selects(o.Root.Get("spec", "selector", "matchLabels"), pod))?.Seen("PodDisruptionBudget");

    private static bool Selects(YamlNode? selector, HashSet<(string, string)> pod) => selector.Entries() is { Count: > 0 } labels && labels.All(l => pod.Contains((l.Key.Value, l.Value.Text() ?? "")));

    [GeneratedRegex(@"^kind:\s*[""']?[A-Z]")]
    private static partial Regex Kind();

    [GeneratedRegex(@"(?i)(^|/)(tests?|e2e|examples?|samples?|docs?|fixtures|testdata)/")]
    private static partial Regex Example();
}
