using Signalbox.Audit.Compose;
using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class HostNetworkRule : Rule, IChecks<Pod>, IChecks<KubernetesObject>, IChecks<ComposeService>
{
    public override RuleInfo Info { get; } = new(
        "host-network", "Host network shared", Theme.SecurityContext, RuleSeverity.High, ["kubernetes", "compose", "helm", "kustomize", "argo-rollouts"],
        "Network policy no longer applies",
        "Drop hostNetwork: true and reach the pods through a service")
    {
        Fix = FixSafety.Unsafe,
        Details = "Values that Flux's HelmRelease and Argo CD's Application hand to a chart count, too, where they name the field as a pod does. A DaemonSet is shown to `--persona pedantic`: agents of a node often need it.",
    };

    public void Check(Pod pod, Report report)
    {
        if (pod.Spec.Entry("hostNetwork") is { } entry && entry.Value.Switch() == true)
            report.At(entry.Range, $"{pod.Owner.Title} uses the host's network", "expected false",
                fix: report.TurnOff("leave the host's network", pod.Owner, pod.Spec, "hostNetwork"), level: pod.Owner.Kind == "DaemonSet" ? Level.Pedantic : null);
    }

    public void Check(ComposeService service, Report report)
    {
        if (service.Root.Entry("network_mode") is { } entry && entry.Value.Text() == "host") report.At(entry.Range, $"{service.Title} uses the host's network", "expected a network of its own");
    }

    public void Check(KubernetesObject target, Report report)
    {
        foreach (var (entry, everyNode) in ReleaseValues.On(target, "hostNetwork"))
            report.At(entry.Range, $"{target.Title} has its chart use the host's network", "expected false", level: everyNode ? Level.Pedantic : null);
    }
}
