using System.Text.RegularExpressions;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Kustomize;

/// <summary>Pieces of objects beside a kustomization that does not name them: patches that were switched off.</summary>
internal static partial class Fragments
{
    /// <summary>By its file's name, or because the API would not take it as it stands.</summary>
    public static bool Is(SourceFile file, KubernetesObject item) => Patch().IsMatch(file.Name) || item.Kind switch
    {
        "Deployment" or "StatefulSet" or "DaemonSet" or "ReplicaSet" => item.Pod is not { } pod || !pod.Containers.Any() || pod.Containers.Any(c => c.Root.Find("image") is null),
        "MutatingWebhookConfiguration" or "ValidatingWebhookConfiguration" => item.Root.Find("webhooks") is null,
        "CustomResourceDefinition" => item.Spec.Get("names") is null,
        "Service" => item.Spec is null,
        _ => false,
    };

    [GeneratedRegex(@"(^|[_.-])patch([_.-]|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Patch();
}
