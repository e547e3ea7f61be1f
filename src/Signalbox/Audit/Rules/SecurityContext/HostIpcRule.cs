using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class HostIpcRule : Rule, IChecks<Pod>, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "host-ipc", "Host IPC namespace shared", Theme.SecurityContext, RuleSeverity.High, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "The pod reads other processes' shared memory",
        "Drop hostIPC: true")
    {
        Fix = FixSafety.Unsafe,
        Details = "Values that Flux's HelmRelease and Argo CD's Application hand to a chart count, too, where they name the field as a pod does.",
    };

    public void Check(Pod pod, Report report)
    {
        if (pod.Spec.Entry("hostIPC") is { } entry && entry.Value.Switch() == true)
            report.At(entry.Range, $"{pod.Owner.Title} shares the host's IPC namespace", "expected false",
                fix: report.TurnOff("leave the host's IPC namespace", pod.Owner, pod.Spec, "hostIPC"));
    }

    public void Check(KubernetesObject target, Report report)
    {
        foreach (var (entry, everyNode) in ReleaseValues.On(target, "hostIPC"))
            report.At(entry.Range, $"{target.Title} has its chart share the host's IPC namespace", "expected false", level: everyNode ? Level.Pedantic : null);
    }
}
