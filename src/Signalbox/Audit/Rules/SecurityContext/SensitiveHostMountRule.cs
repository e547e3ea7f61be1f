using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class SensitiveHostMountRule : Rule, IChecks<Pod>
{
    public override RuleInfo Info { get; } = new(
        "sensitive-host-mount", "Sensitive host directory mounted", Theme.SecurityContext, RuleSeverity.High, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "Node secrets become readable",
        "Mount the one file that is needed, read-only, and never a system directory of the node");

    // directories that hold the node's system, its secrets or its devices
    private static readonly string[] s_sensitive =
    [
        "/", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/sys", "/usr", "/root", "/bin", "/sbin", "/var/lib/kubelet", "/var/lib/docker", "/var/lib/etcd", "/var/run", "/run", "/etc/kubernetes", "/home",
    ];

    public void Check(Pod pod, Report report)
    {
        foreach (var (_, path) in HostMounts.Of(pod))
            if (HostMounts.Normal(path.Value.Text()) is { } place && s_sensitive.Contains(place, StringComparer.Ordinal))
                report.At(path.Range, $"{pod.Owner.Title} mounts {place} of the node", "a system directory", level: pod.Owner.Kind == "DaemonSet" ? Level.Pedantic : null);
    }
}
