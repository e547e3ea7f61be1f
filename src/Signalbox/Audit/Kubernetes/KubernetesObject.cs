using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>One object of a manifest.</summary>
/// <param name="Root">The object, for everything that is not named here.</param>
internal sealed record KubernetesObject(YamlMapping Root)
{
    public string ApiVersion { get; } = Root.Text("apiVersion") ?? "";

    /// <summary>The group of the API: <c>apps</c> of <c>apps/v1</c>, empty for the core group.</summary>
    public string Group => ApiVersion.Contains('/') ? ApiVersion[..ApiVersion.IndexOf('/')] : "";

    public string Kind { get; } = Root.Text("kind") ?? "";

    public string Name { get; } = Root.Get("metadata").Text("name") ?? "";

    public string? Namespace { get; } = Root.Get("metadata").Text("namespace");

    /// <summary>
    /// A Kustomize patch or another piece that is laid over a whole object: what it lacks says nothing, what it sets counts.
    /// </summary>
    public bool IsPartial { get => field || Placement.IsPartial; init; }

    /// <summary>Whether Helm or Kustomize gives the namespace, so that the one written here (or none) is not the last word.</summary>
    public bool NamespaceIsOpen { get => field || Placement.NamespaceIsOpen; init; }

    /// <summary>The folder it is written in, without a slash at the end; empty for the root.</summary>
    public string Folder { get; init; } = "";

    /// <summary>The folders of the kustomizations that deploy it where those are not all that take in its file; else null.</summary>
    public IReadOnlyList<string>? Roots { get; init; }

    /// <summary>The chart that makes it, with all charts around that one; null where none does.</summary>
    public Helm.ChartTree? Chart { get; init; }

    /// <summary>What the files around it make of it; known when every file was read.</summary>
    public Placement Placement { get; private set; } = Placement.AsWritten;

    /// <summary>Said once, before any rule looks.</summary>
    public void Place(Placement placement) => Placement = placement;

    public YamlNode? Metadata => Root.Get("metadata");

    public YamlNode? Spec { get; } = Root.Get("spec");

    /// <summary>The pods it runs, wherever this kind keeps their template; null where it runs none.</summary>
    public Pod? Pod => _pod ??= FindPod();

    private Pod? _pod;

    /// <summary>The place that stands for the object: its name, else its kind.</summary>
    public TextRange Range => (Root.Get("metadata").Entry("name") ?? Root.Entry("kind"))?.Range ?? Root.Range;

    /// <summary>What messages call it: <c>Deployment 'web'</c>.</summary>
    public string Title => Name.Length > 0 ? $"{Kind} '{YamlQuote.Short(Name)}'" : Kind;

    public bool Is(string kind, string group) => Kind == kind && Group == group;

    public string? Annotation(string key) => Metadata.Get("annotations").Text(key);

    /// <summary>Whether it can live in the same namespace as another: unknown namespaces agree with every one.</summary>
    public bool SharesNamespace(KubernetesObject other) => IsIn(other.Namespace, other.NamespaceIsOpen);

    /// <summary>Whether it can live in a namespace; none written means <c>default</c>, as kubectl does.</summary>
    public bool IsIn(string? name, bool open = false) => open || NamespaceIsOpen || (Namespace ?? "default") == (name ?? "default");

    private Pod? FindPod()
    {
        var (spec, metadata) = Kind switch
        {
            "Pod" => (Root.Get("spec"), Root.Get("metadata")),
            "CronJob" => Template(Root.Get("spec", "jobTemplate", "spec").Get("template")),
            "ScaledJob" => Template(Root.Get("spec", "jobTargetRef", "template")),
            "PodTemplate" => Template(Root.Get("template")),
            _ => Template(Root.Get("spec", "template")),
        };
        // many custom resources have a spec.template that is no pod's
        return spec is YamlMapping mapping && (Kind == "Pod" || PodKinds.Contains(Kind) || mapping.Find("containers") is not null) ? new(this, mapping, metadata) : null;
    }

    private static (YamlNode? Spec, YamlNode? Metadata) Template(YamlNode? template) => (template.Get("spec"), template.Get("metadata"));

    private static readonly HashSet<string> PodKinds = new(StringComparer.Ordinal)
    {
        "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob",
    };
}
