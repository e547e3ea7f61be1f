using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DefaultServiceAccountRule : Rule, IChecks<Pod>, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "default-service-account", "Default service account used", Theme.SecurityContext, RuleSeverity.Low, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "Rights given for one app reach them all",
        "Give the workload a service account of its own, and switch the default account's token off")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Unsafe,
        Details = "Also the default account itself where it does not say automountServiceAccountToken: false.",
    };

    public void Check(Pod pod, Report report)
    {
        if (pod.Owner.IsPartial || pod.Spec.Switch("automountServiceAccountToken") == false) return;
        var name = pod.Spec.Entry("serviceAccountName") ?? pod.Spec.Entry("serviceAccount");
        if (name?.Value.Text() is null or "" or "default")
            report.At(name?.Range ?? pod.Owner.Range, $"{pod.Owner.Title} runs as the namespace's default service account", "expected one of its own");
    }

    public void Check(KubernetesObject target, Report report)
    {
        if (target.Kind == "ServiceAccount" && target.Name == "default" && !target.IsPartial && target.Root.Switch("automountServiceAccountToken") != false)
            report.At(target.Range, "the default service account hands its token to every pod", "expected automountServiceAccountToken: false",
                fix: report.Set(FixSafety.Unsafe, "hand out no token", target.Root, "false", "automountServiceAccountToken"));
    }
}
