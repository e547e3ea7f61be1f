using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>The pods of a workload as its template describes them.</summary>
internal sealed class Pod(KubernetesObject owner, YamlMapping spec, YamlNode? metadata)
{
    private IReadOnlyList<PodContainer>? _all;
    private IReadOnlyDictionary<string, string>? _labels;

    public KubernetesObject Owner { get; } = owner;

    public YamlMapping Spec { get; } = spec;

    public YamlNode? Metadata { get; } = metadata;

    public YamlNode? SecurityContext => Spec.Get("securityContext");

    public IReadOnlyDictionary<string, string> Labels => _labels ??= LabelSelector.Labels(Metadata.Get("labels"));

    /// <summary>The containers that run for the pod's whole life.</summary>
    public IEnumerable<PodContainer> Containers => All.Where(c => c.Role == ContainerRole.Main);

    /// <summary>Every container: the main ones, then those that initialise, then those for debugging.</summary>
    public IReadOnlyList<PodContainer> All => _all ??=
    [
        .. In("containers", ContainerRole.Main), .. In("initContainers", ContainerRole.Init), .. In("ephemeralContainers", ContainerRole.Ephemeral),
    ];

    public IEnumerable<YamlMapping> Volumes => Spec.Get("volumes").Items().OfType<YamlMapping>();

    /// <summary>What Linux alone has (capabilities, seccomp, user ids) does not concern these.</summary>
    public bool IsWindows => Spec.Get("os").Text("name") == "windows" || Spec.Get("nodeSelector").Text("kubernetes.io/os") == "windows";

    /// <summary>Whether the pods are meant to run on: no job, and no pod that ends by itself.</summary>
    public bool RunsOn => Owner.Kind is not ("Job" or "CronJob" or "ScaledJob") && Spec.Text("restartPolicy") is null or "Always";

    /// <summary>Whether it is a workload whose copies are replaced release by release.</summary>
    public bool IsReplicated => Owner.Kind is "Deployment" or "StatefulSet" or "Rollout" or "ReplicaSet" or "ReplicationController" or "DeploymentConfig";

    private IEnumerable<PodContainer> In(string list, ContainerRole role) =>
        Spec.Get(list).Items().OfType<YamlMapping>().Select(c => new PodContainer(this, c, role));
}

internal enum ContainerRole { Main, Init, Ephemeral }

/// <summary>One container of a pod.</summary>
internal sealed class PodContainer(Pod pod, YamlMapping root, ContainerRole role)
{
    public Pod Pod { get; } = pod;

    public YamlMapping Root { get; } = root;

    public ContainerRole Role { get; } = role;

    public string Name { get; } = root.Text("name") ?? "";

    public string? Image { get; } = root.Text("image");

    /// <summary>The image that runs, with what kustomizations make of it; null where none is written or a placeholder hides it.</summary>
    public WrittenImage? EffectiveImage => Pod.Owner.Placement.Effective(WrittenImage.Parse(Image));

    /// <summary>Whether every way in which it is deployed leaves the image as it is written.</summary>
    public bool RunsAsWritten => Pod.Owner.Placement.Leaves(WrittenImage.Parse(Image));

    /// <summary>The place that stands for the container: its name, else where it begins.</summary>
    public TextRange Range => Root.Entry("name")?.Range ?? Root.Range;

    /// <summary>What messages call it: <c>container 'app' of Deployment 'web'</c>.</summary>
    public string Title => $"{(Name.Length == 0 ? "a container without a name" : $"container '{YamlQuote.Short(Name)}'")} of {Pod.Owner.Title}";

    public YamlNode? SecurityContext => Root.Get("securityContext");

    /// <summary>A security setting: the container's own, else the pod's.</summary>
    public YamlEntry? Security(string key) => SecurityContext.Entry(key) ?? Pod.SecurityContext.Entry(key);

    public IEnumerable<YamlMapping> Ports => Root.Get("ports").Items().OfType<YamlMapping>();

    public IEnumerable<YamlMapping> Environment => Root.Get("env").Items().OfType<YamlMapping>();

    public IEnumerable<YamlMapping> Mounts => Root.Get("volumeMounts").Items().OfType<YamlMapping>();

    /// <summary>Whether what is missing here says something: not in a Kustomize patch.</summary>
    public bool IsWhole => !Pod.Owner.IsPartial;

    /// <summary>The capabilities in <c>add</c> or <c>drop</c>, in capitals and without <c>CAP_</c>.</summary>
    public IEnumerable<(string Name, YamlNode Node)> Capabilities(string list) =>
        SecurityContext.Get("capabilities", list).ItemsOrSelf().Select(n => (Capability(n.Text() ?? ""), n));

    public bool Drops(string capability) => Capabilities("drop").Any(c => c.Name == "ALL" || c.Name == capability);

    /// <summary>Whether an item of <c>add</c> or <c>drop</c> is a capability, however it is spelt.</summary>
    public static bool IsCapability(YamlNode item, string name) => Capability(item.Text() ?? "") == name;

    /// <summary>A capability's name in capitals and without <c>CAP_</c>.</summary>
    public static string Capability(string name)
    {
        name = name.ToUpperInvariant();
        return name.StartsWith("CAP_", StringComparison.Ordinal) ? name[4..] : name;
    }
}
