using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DefaultNamespaceRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "default-namespace", "Object in the default namespace", Theme.Image, RuleSeverity.Low, ["kubernetes", "helm", "kustomize"],
        "No quota, policy or ownership applies",
        "Name a namespace in metadata.namespace, or in the kustomization or release that applies it")
    {
        Persona = Persona.Auditor,
        Details = "`default` written out is shown to `--persona pedantic`. Templates of charts and what a kustomization places are left out.",
    };

    private static readonly HashSet<string> s_kinds = new(StringComparer.Ordinal)
    {
        "Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job", "CronJob", "Service", "Secret", "ConfigMap", "ServiceAccount", "Role", "RoleBinding", "Ingress",
        "NetworkPolicy", "PersistentVolumeClaim", "HorizontalPodAutoscaler", "PodDisruptionBudget", "Rollout",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (!s_kinds.Contains(target.Kind) || target.NamespaceIsOpen || target.IsPartial || target.Namespace is not (null or "default")) return;
        // these two are made there by the cluster itself
        if ((target.Kind == "Service" && target.Name == "kubernetes") || (target.Kind == "ServiceAccount" && target.Name == "default")) return;
        report.At(target.Metadata.Entry("namespace")?.Range ?? target.Range, $"{target.Title} goes to the default namespace", "expected a namespace of its own", level: target.Namespace is null ? null : Level.Pedantic);
    }
}
