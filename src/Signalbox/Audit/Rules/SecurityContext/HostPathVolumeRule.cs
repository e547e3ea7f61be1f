using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class HostPathVolumeRule : Rule, IChecks<Pod>
{
    public override RuleInfo Info { get; } = new(
        "host-path-volume", "Host path mounted", Theme.SecurityContext, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "The container reaches into the node's disk",
        "Use a PersistentVolumeClaim, a ConfigMap or an emptyDir instead of the node's disk")
    {
        Details = "A DaemonSet is shown to `--persona pedantic`: agents of a node often need it.",
    };

    public void Check(Pod pod, Report report)
    {
        foreach (var (volume, path) in HostMounts.Of(pod))
            report.At(path.Range, $"{pod.Owner.Title} reaches into the node's disk at {YamlQuote.Short(path.Value.Text() ?? "")}", $"volume '{YamlQuote.Short(volume.Text("name") ?? "")}'",
                level: pod.Owner.Kind == "DaemonSet" ? Level.Pedantic : null);
    }
}
