using Signalbox.Audit.Compose;
using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class HostPidRule : Rule, IChecks<Pod>, IChecks<KubernetesObject>, IChecks<ComposeService>
{
    public override RuleInfo Info { get; } = new(
        "host-pid", "Host process namespace shared", Theme.SecurityContext, RuleSeverity.High, ["kubernetes", "compose", "helm", "kustomize", "argo-rollouts"],
        "The pod sees and signals host processes",
        "Drop hostPID: true")
    {
        Fix = FixSafety.Unsafe,
        Details = "Values that Flux's HelmRelease and Argo CD's Application hand to a chart count, too, where they name the field as a pod does. A DaemonSet is shown to `--persona pedantic`: agents of a node often need it.",
    };

    public void Check(Pod pod, Report report)
    {
        if (pod.Spec.Entry("hostPID") is { } entry && entry.Value.Switch() == true)
            report.At(entry.Range, $"{pod.Owner.Title} shares the host's process namespace", "expected false",
                fix: report.TurnOff("leave the host's process namespace", pod.Owner, pod.Spec, "hostPID"), level: pod.Owner.Kind == "DaemonSet" ? Level.Pedantic : null);
    }

    public void Check(ComposeService service, Report report)
    {
        if (service.Root.Entry("pid") is { } entry && entry.Value.Text() == "host") report.At(entry.Range, $"{service.Title} shares the host's process namespace", "expected none",
            fix: report.Remove(FixSafety.Unsafe, "leave the host's process namespace", service.Root, "pid"));
    }

    public void Check(KubernetesObject target, Report report)
    {
        foreach (var (entry, everyNode) in ReleaseValues.On(target, "hostPID"))
            report.At(entry.Range, $"{target.Title} has its chart share the host's process namespace", "expected false", level: everyNode ? Level.Pedantic : null);
    }
}
