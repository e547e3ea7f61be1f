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

    public YamlNode? Spec { get; } = Root.Get("spec");

    /// <summary>The pod specification, wherever this kind keeps it; null where it runs no pods.</summary>
    public YamlMapping? PodSpec { get; } = FindPodSpec(Root);

    /// <summary>The place that stands for the object: its name, else its kind.</summary>
    public TextRange Range => (Root.Get("metadata").Entry("name") ?? Root.Entry("kind"))?.Range ?? Root.Range;

    /// <summary>What messages call it: <c>Deployment 'web'</c>.</summary>
    public string Title => Name.Length > 0 ? $"{Kind} '{YamlQuote.Short(Name)}'" : Kind;

    /// <summary>The containers in one list of the pod specification.</summary>
    public IEnumerable<Container> Containers(string list = "containers") =>
        PodSpec.Get(list).Items().OfType<YamlMapping>().Select(c => new Container(c));

    private static YamlMapping? FindPodSpec(YamlMapping root) => root.Text("kind") switch
    {
        "Pod" => root.Mapping("spec"),
        "CronJob" => root.Get("spec", "jobTemplate", "spec").Get("template").Mapping("spec"),
        _ => root.Get("spec", "template").Mapping("spec"),
    };
}

internal sealed record Container(YamlMapping Root)
{
    public string Name { get; } = Root.Text("name") ?? "";

    public string? Image { get; } = Root.Text("image");

    public TextRange Range => Root.Entry("name")?.Range ?? Root.Range;

    public YamlNode? SecurityContext => Root.Get("securityContext");
}
