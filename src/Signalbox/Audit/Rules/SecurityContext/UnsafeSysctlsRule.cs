using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class UnsafeSysctlsRule : Rule, IChecks<Pod>
{
    public override RuleInfo Info { get; } = new(
        "unsafe-sysctls", "Unsafe sysctls set", Theme.SecurityContext, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize"],
        "They affect the whole node",
        "Set the kernel parameter on the node that needs it, or keep to the safe set")
    {
        Details = "Safe is what the Pod Security Standards list: kernel.shm_rmid_forced and a few of net.ipv4.",
    };

    // kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster, safe and unsafe sysctls
    private static readonly HashSet<string> s_safe = new(StringComparer.Ordinal)
    {
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    };

    public void Check(Pod pod, Report report)
    {
        foreach (var sysctl in pod.SecurityContext.Get("sysctls").Items())
            if (sysctl.Entry("name") is { } name && !s_safe.Contains((name.Value.Text() ?? "").Replace('/', '.')))
                report.At(name.Range, $"{pod.Owner.Title} sets {YamlQuote.Short(name.Value.Text() ?? "")}, which reaches beyond the pod", "not in the safe set");
    }
}
