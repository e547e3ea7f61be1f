using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitOps;

/// <summary>What one object of Flux refers to.</summary>
/// <param name="Namespace">Null where the referring object's own is meant.</param>
internal sealed record FluxReference(string Kind, string Name, string? Namespace, YamlEntry Place);

/// <summary>Objects of Flux: fluxcd.io/flux/components.</summary>
internal static class Flux
{
    /// <summary>What <c>flux bootstrap</c> names its own source and Kustomization.</summary>
    public const string Bootstrap = "flux-system";

    public const string Artifact = "ExternalArtifact";

    public const string Generator = "ArtifactGenerator";

    public static bool IsKustomization(KubernetesObject target) => target.Is("Kustomization", "kustomize.toolkit.fluxcd.io");

    public static bool IsRelease(KubernetesObject target) => target.Is("HelmRelease", "helm.toolkit.fluxcd.io");

    public static bool IsSource(KubernetesObject target, string kind) => target.Is(kind, "source.toolkit.fluxcd.io");

    public static IReadOnlyList<string> SourceKinds { get; } = ["GitRepository", "OCIRepository", "Bucket", "HelmRepository", "HelmChart", Artifact];

    /// <summary>Whether a generator makes the artifact that an object refers to: in its own namespace, each under a name of its list.</summary>
    public static bool Makes(KubernetesObject generator, FluxReference reference, KubernetesObject target) =>
        generator.Spec.Get("artifacts").Items().Any(a => a.Text("name") is { } name && (name == reference.Name || Revision.IsOpen(name))) && (reference.Namespace is { } space ? generator.IsIn(space) : generator.SharesNamespace(target));

    /// <summary>The source and the dependencies of a Kustomization or HelmRelease.</summary>
    public static IEnumerable<FluxReference> References(KubernetesObject target)
    {
        if (!IsKustomization(target) && !IsRelease(target)) return [];
        YamlEntry?[] sources = [target.Spec.Entry("sourceRef"), target.Spec.Get("chart", "spec").Entry("sourceRef"), target.Spec.Entry("chartRef")];
        return sources.Select(s => Of(s?.Value, null)).Concat(target.Spec.Get("dependsOn").Items().Select(d => Of(d, target.Kind))).OfType<FluxReference>();
    }

    private static FluxReference? Of(YamlNode? node, string? kind) =>
        node.Entry("name") is { } name && name.Value.Text() is { } text && (kind ?? node.Text("kind")) is { } of ? new(of, text, node.Text("namespace"), name) : null;
}
