using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Kustomize;

/// <summary>A Secret or ConfigMap that Kustomize makes.</summary>
internal sealed record Generator(string Kind, string Name, YamlMapping Root);

/// <summary>An image that is replaced wherever it is used.</summary>
internal sealed record ImageOverride(string Name, YamlMapping Root)
{
    public string? NewName { get; } = Root.Text("newName");

    public string? NewTag { get; } = Root.Text("newTag");

    public string? Digest { get; } = Root.Text("digest");
}

/// <summary>A <c>kustomization.yaml</c>: kubectl.docs.kubernetes.io/references/kustomize/kustomization.</summary>
/// <param name="folder">Where it lies, without a slash at the end; empty for the root.</param>
internal sealed class Kustomization(string folder, YamlMapping root)
{
    public static IReadOnlyList<string> FileNames { get; } = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

    public string Folder { get; } = folder;

    public YamlMapping Root { get; } = root;

    public string? Namespace { get; } = root.Text("namespace");

    /// <summary>Whatever it is made of, each with the path it names: files and folders, local or not.</summary>
    public IEnumerable<YamlScalar> Resources => Texts("resources").Concat(Texts("bases")).Concat(Components).Concat(Texts("crds"));

    /// <summary>The folders of kustomizations that change what this one has taken in.</summary>
    public IEnumerable<YamlScalar> Components => Texts("components");

    /// <summary>Files that are laid over whole objects.</summary>
    public IEnumerable<YamlScalar> Patches => Texts("patchesStrategicMerge").Where(p => !p.Value.Contains('\n'))
        .Concat(Root.Get("patches").Items().Concat(Root.Get("patchesJson6902").Items()).Select(p => p.Get("path")).OfType<YamlScalar>())
        .Concat(Root.Get("replacements").Items().Select(p => p.Get("path")).OfType<YamlScalar>());

    public IReadOnlyList<ImageOverride> Images { get; } = [.. root.Get("images").Items().OfType<YamlMapping>().Where(i => i.Text("name") is not null).Select(i => new ImageOverride(i.Text("name")!, i))];

    public IReadOnlyList<Generator> Generators { get; } = [.. Generated(root, "secretGenerator", "Secret"), .. Generated(root, "configMapGenerator", "ConfigMap")];

    /// <summary>The kustomization as an object: what it makes lives in its namespace, or in one that an overlay gives.</summary>
    public KubernetesObject AsObject => field ??= new(Root) { NamespaceIsOpen = true, Folder = Folder };

    /// <summary>A path that it names, relative to the repository; null where it leads elsewhere.</summary>
    public string? Local(string path)
    {
        if (path.Contains("://", StringComparison.Ordinal) || path.Contains("?ref=", StringComparison.Ordinal) || path.StartsWith("git@", StringComparison.Ordinal) || path.Contains("$(", StringComparison.Ordinal) || path.Contains("${", StringComparison.Ordinal)) return null;
        return RelativePath.Join(Folder, path);
    }

    private IEnumerable<YamlScalar> Texts(string key) => Root.Get(key).Items().OfType<YamlScalar>();

    private static IEnumerable<Generator> Generated(YamlMapping root, string key, string kind) =>
        root.Get(key).Items().OfType<YamlMapping>().Where(g => g.Text("name") is not null).Select(g => new Generator(kind, g.Text("name")!, g));
}
