using Signalbox.Audit.Kustomize;
using Signalbox.Audit.Programs;
using Signalbox.Audit.Readers;
using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>Manifests: YAML or JSON documents with <c>apiVersion</c> and <c>kind</c>, lists of them included.</summary>
internal sealed class KubernetesFileReader : Reader
{
    private const int DeepestList = 4;

    // what other tools own is not opened a second time
    public override bool Claims(string path) => YamlFile.HasYamlName(path) ? !path.Contains(".github/", StringComparison.Ordinal) : IsManifestJson(path);

    public override void Read(SourceFile file, DocumentSink documents)
    {
        var text = file.Text.Content;
        if (!LooksLikeManifest(text) || IsTemplate(file.Path, text) || Helm.ChartTree.FolderOf(documents.Repository, file.Path) is not null) return;
        if (file.Yaml.Problems is [var problem, ..]) documents.Unreadable(problem);
        foreach (var root in file.Yaml.Documents.OfType<YamlMapping>())
            foreach (var item in Objects(root))
            {
                var built = BuiltObjects.Of(documents.Repository).Of(file.Path, item).Select(b => new PatchedObject(Placing.Place(b, item, file), false, null)).ToList();
                var made = built.Count > 0 ? built : PatchedObjects.Of(documents.Repository).Of(file, item);
                // what kustomize changed cannot be edited here
                if (made.Any(m => !ReferenceEquals(m.Root, item))) file.StandsIn = [new(0, text.Length)];
                foreach (var one in made) Add(new KubernetesObject(one.Root) { Folder = RelativePath.Folder(file.Path), IsPartial = one.IsPartial, Roots = one.Roots }, documents);
            }
    }

    /// <summary>The objects of a document: itself, or those of a list.</summary>
    internal static IEnumerable<YamlMapping> Objects(YamlMapping root, int depth = 0)
    {
        if (root.Text("apiVersion") is null || root.Text("kind") is not { } kind) return [];
        return kind.EndsWith("List", StringComparison.Ordinal) && root.Get("items") is YamlSequence items && depth < DeepestList
            ? items.Items.OfType<YamlMapping>().SelectMany(i => Objects(i, depth + 1))
            : [root];
    }

    /// <summary>Gives an object, its pods and their containers to the rules.</summary>
    internal static void Add(KubernetesObject item, DocumentSink documents)
    {
        documents.Add(item);
        if (item.Pod is not { } pod) return;
        documents.Add(pod);
        foreach (var container in pod.All) documents.Add(container);
    }

    // most YAML files of a repository are none: looking for two words spares reading them
    private static bool LooksLikeManifest(string text) => text.Contains("apiVersion", StringComparison.Ordinal) && text.Contains("kind", StringComparison.Ordinal);

    // a chart's templates are no YAML until they are rendered
    private static bool IsTemplate(string path, string text) =>
        text.Contains("{{", StringComparison.Ordinal) && (path.StartsWith("templates/", StringComparison.Ordinal) || path.Contains("/templates/", StringComparison.Ordinal));

    // JSON has many uses: only what is named or kept like a manifest is opened
    private static bool IsManifestJson(string path)
    {
        if (!path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) return false;
        var name = path[(path.LastIndexOf('/') + 1)..^5].ToLowerInvariant();
        return s_jsonNames.Contains(name) || s_jsonFolders.Any(f => path.StartsWith(f, StringComparison.OrdinalIgnoreCase) || path.Contains("/" + f, StringComparison.OrdinalIgnoreCase));
    }

    private static readonly HashSet<string> s_jsonNames = new(StringComparer.Ordinal)
    {
        "pod", "deployment", "statefulset", "daemonset", "replicaset", "replicationcontroller", "job", "cronjob", "service", "ingress", "serviceaccount", "configmap", "secret",
        "role", "rolebinding", "clusterrole", "clusterrolebinding", "networkpolicy", "namespace", "rollout", "application",
    };

    private static readonly string[] s_jsonFolders = ["k8s/", "kubernetes/", "manifests/", "kube/"];
}
