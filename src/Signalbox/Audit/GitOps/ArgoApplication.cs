using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitOps;

/// <summary>Where an application's manifests come from.</summary>
internal sealed record ArgoSource(YamlMapping Root)
{
    public string? Url { get; } = Root.Text("repoURL");

    public string? Path { get; } = Root.Text("path");

    /// <summary>A chart of a Helm repository instead of a folder of a Git repository.</summary>
    public string? Chart { get; } = Root.Text("chart");

    public YamlEntry? Revision { get; } = Root.Entry("targetRevision");
}

/// <summary>An Application of Argo CD, or what an ApplicationSet makes: argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml.</summary>
internal sealed record ArgoApplication(KubernetesObject Owner, YamlMapping Spec)
{
    public const string Group = "argoproj.io";

    /// <summary>The application of an object; null where it is none.</summary>
    public static ArgoApplication? Of(KubernetesObject target) =>
        target.Group != Group || target.IsPartial ? null
        : target.Kind == "Application" && target.Spec is YamlMapping spec ? new(target, spec)
        : target.Kind == "ApplicationSet" && target.Spec.Get("template", "spec") is YamlMapping template ? new(target, template)
        : null;

    public IEnumerable<ArgoSource> Sources =>
        (Spec.Get("sources").Items().OfType<YamlMapping>().ToList() is { Count: > 0 } many ? many : [.. new[] { Spec.Mapping("source") }.OfType<YamlMapping>()]).Select(s => new ArgoSource(s));

    /// <summary>The automatic sync; null where it is off.</summary>
    public YamlEntry? Automated => Spec.Get("syncPolicy").Entry("automated") is { Value: YamlMapping } entry && entry.Value.Switch("enabled") != false ? entry : null;

    /// <summary>Whether a patch that is only known as text may set more.</summary>
    public bool IsPatched => Owner.Spec.Entry("templatePatch") is not null;

    /// <summary>Whether it holds CustomResourceDefinitions, by its name or path.</summary>
    public bool HoldsDefinitions => Sources.Select(s => s.Path ?? s.Chart).Append(Owner.Name).Any(n => n?.Contains("crd", StringComparison.OrdinalIgnoreCase) == true);

    public bool IsProduction(SourceFile file) => Production.Names(Owner.Name, Owner.Namespace, Spec.Get("destination").Text("namespace"), Spec.Get("destination").Text("name"),
        string.Join(' ', Sources.Select(s => s.Path)), file.Path);
}
