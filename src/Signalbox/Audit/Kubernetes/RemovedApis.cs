using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <param name="Since">The first release that does not serve it.</param>
/// <param name="Use">The version to use instead; null where nothing replaced it.</param>
internal sealed record RemovedApi(string Since, string? Use);

/// <summary>API versions that Kubernetes no longer serves: kubernetes.io/docs/reference/using-api/deprecation-guide.</summary>
internal static class RemovedApis
{
    public static RemovedApi? Find(string apiVersion, string kind) =>
        s_removed.GetValueOrDefault((apiVersion, kind)) ?? s_removed.GetValueOrDefault((apiVersion, "*"));

    /// <summary>Whether the new version reads what is written here as it stands.</summary>
    public static bool HasSameFields(KubernetesObject target) => target.Group switch
    {
        // apps/v1 fills in no selector; rollbackTo and templateGeneration are gone
        "apps" or "extensions" when target.Kind is "Deployment" or "DaemonSet" or "ReplicaSet" or "StatefulSet" =>
            target.Spec.Get("selector") is not null && target.Spec.Get("rollbackTo") is null && target.Spec.Get("templateGeneration") is null,
        "extensions" => target.Kind == "NetworkPolicy",
        "policy" => target.Kind == "PodDisruptionBudget",
        "networking.k8s.io" => target.Kind == "IngressClass",
        "autoscaling" => target.ApiVersion == "autoscaling/v2beta2",
        "batch" => target.Kind == "CronJob",
        "rbac.authorization.k8s.io" or "coordination.k8s.io" or "scheduling.k8s.io" or "storage.k8s.io" or "node.k8s.io" => target.ApiVersion.EndsWith("/v1beta1", StringComparison.Ordinal),
        _ => false,
    };

    private static readonly Dictionary<(string, string), RemovedApi> s_removed = new()
    {
        [("extensions/v1beta1", "Ingress")] = new("1.22", "networking.k8s.io/v1"),
        [("extensions/v1beta1", "NetworkPolicy")] = new("1.16", "networking.k8s.io/v1"),
        [("extensions/v1beta1", "PodSecurityPolicy")] = new("1.16", null),
        [("extensions/v1beta1", "*")] = new("1.16", "apps/v1"),
        [("apps/v1beta1", "*")] = new("1.16", "apps/v1"),
        [("apps/v1beta2", "*")] = new("1.16", "apps/v1"),
        [("batch/v1beta1", "*")] = new("1.25", "batch/v1"),
        [("batch/v2alpha1", "*")] = new("1.21", "batch/v1"),
        [("policy/v1beta1", "PodSecurityPolicy")] = new("1.25", null),
        [("policy/v1beta1", "*")] = new("1.25", "policy/v1"),
        [("networking.k8s.io/v1beta1", "*")] = new("1.22", "networking.k8s.io/v1"),
        [("autoscaling/v2beta1", "*")] = new("1.25", "autoscaling/v2"),
        [("autoscaling/v2beta2", "*")] = new("1.26", "autoscaling/v2"),
        [("rbac.authorization.k8s.io/v1beta1", "*")] = new("1.22", "rbac.authorization.k8s.io/v1"),
        [("rbac.authorization.k8s.io/v1alpha1", "*")] = new("1.22", "rbac.authorization.k8s.io/v1"),
        [("admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration")] = new("1.22", "admissionregistration.k8s.io/v1"),
        [("admissionregistration.k8s.io/v1beta1", "ValidatingWebhookConfiguration")] = new("1.22", "admissionregistration.k8s.io/v1"),
        [("apiextensions.k8s.io/v1beta1", "*")] = new("1.22", "apiextensions.k8s.io/v1"),
        [("apiregistration.k8s.io/v1beta1", "*")] = new("1.22", "apiregistration.k8s.io/v1"),
        [("authentication.k8s.io/v1beta1", "TokenReview")] = new("1.22", "authentication.k8s.io/v1"),
        [("authorization.k8s.io/v1beta1", "*")] = new("1.22", "authorization.k8s.io/v1"),
        [("certificates.k8s.io/v1beta1", "*")] = new("1.22", "certificates.k8s.io/v1"),
        [("coordination.k8s.io/v1beta1", "*")] = new("1.22", "coordination.k8s.io/v1"),
        [("scheduling.k8s.io/v1beta1", "*")] = new("1.22", "scheduling.k8s.io/v1"),
        [("storage.k8s.io/v1beta1", "CSIStorageCapacity")] = new("1.27", "storage.k8s.io/v1"),
        [("storage.k8s.io/v1beta1", "CSIDriver")] = new("1.22", "storage.k8s.io/v1"),
        [("storage.k8s.io/v1beta1", "CSINode")] = new("1.22", "storage.k8s.io/v1"),
        [("storage.k8s.io/v1beta1", "StorageClass")] = new("1.22", "storage.k8s.io/v1"),
        [("storage.k8s.io/v1beta1", "VolumeAttachment")] = new("1.22", "storage.k8s.io/v1"),
        [("discovery.k8s.io/v1beta1", "*")] = new("1.25", "discovery.k8s.io/v1"),
        [("events.k8s.io/v1beta1", "*")] = new("1.25", "events.k8s.io/v1"),
        [("node.k8s.io/v1beta1", "*")] = new("1.25", "node.k8s.io/v1"),
        [("flowcontrol.apiserver.k8s.io/v1beta1", "*")] = new("1.26", "flowcontrol.apiserver.k8s.io/v1"),
        [("flowcontrol.apiserver.k8s.io/v1beta2", "*")] = new("1.29", "flowcontrol.apiserver.k8s.io/v1"),
        [("flowcontrol.apiserver.k8s.io/v1beta3", "*")] = new("1.32", "flowcontrol.apiserver.k8s.io/v1"),
    };
}
