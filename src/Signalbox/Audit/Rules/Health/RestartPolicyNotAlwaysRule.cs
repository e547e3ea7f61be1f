using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class RestartPolicyNotAlwaysRule : Rule, IChecks<Pod>
{
    public override RuleInfo Info { get; } = new(
        "restart-policy-not-always", "Restart policy stops recovery", Theme.Health, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize"],
        "A crashed pod stays down",
        "Set restartPolicy: Always, or use a Job for work that ends")
    {
        Fix = FixSafety.Unsafe,
        Details = "A pod of its own may end on purpose: shown to `--persona pedantic`.",
    };

    public void Check(Pod pod, Report report)
    {
        if (pod.Owner.Kind is "Job" or "CronJob" or "ScaledJob" || pod.Owner.Annotation("helm.sh/hook") is not null || pod.Owner.Annotation("argocd.argoproj.io/hook") is not null) return;
        if (pod.Spec.Entry("restartPolicy") is { } policy && policy.Value.Text() is not (null or "Always"))
            report.At(policy.Range, $"{pod.Owner.Title} stays down once it ends: restartPolicy {YamlQuote.Short(policy.Value.Text()!)}", "expected Always",
                fix: pod.Owner.Kind == "Pod" ? null : report.Set(FixSafety.Unsafe, "start it again whenever it ends", pod.Spec, "Always", "restartPolicy"), level: pod.Owner.Kind == "Pod" ? Level.Pedantic : null);
    }
}
