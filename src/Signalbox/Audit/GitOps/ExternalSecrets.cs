using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitOps;

/// <summary>Objects of the External Secrets Operator: external-secrets.io/latest/api/externalsecret.</summary>
internal static class ExternalSecrets
{
    public const string Group = "external-secrets.io";

    public static bool Is(KubernetesObject target) => target.Group == Group && target.Kind is "ExternalSecret" or "ClusterExternalSecret";

    /// <summary>What an external secret says; a ClusterExternalSecret keeps it one level below.</summary>
    public static YamlNode? Spec(KubernetesObject target) => target.Kind == "ClusterExternalSecret" ? target.Spec.Get("externalSecretSpec") : target.Spec;

    /// <summary>The references to stores, each with a name and perhaps a kind.</summary>
    public static IEnumerable<YamlMapping> Stores(KubernetesObject target)
    {
        if (target.Group != Group) return [];
        if (target.Kind == "PushSecret") return target.Spec.Get("secretStoreRefs").Items().OfType<YamlMapping>();
        var spec = Spec(target);
        return spec.Get("data").Items().Concat(spec.Get("dataFrom").Items()).Select(d => d.Get("sourceRef", "storeRef")).Prepend(spec.Get("secretStoreRef")).OfType<YamlMapping>();
    }

    /// <summary>The name of the Secret that it makes.</summary>
    public static string Target(KubernetesObject target) => Spec(target).Get("target").Text("name") is { Length: > 0 } name ? name
        : target.Kind == "ClusterExternalSecret" && target.Spec.Text("externalSecretName") is { Length: > 0 } own ? own : target.Name;
}
