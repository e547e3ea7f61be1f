using Signalbox.Audit.Compose;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DangerousCapabilitiesAddedRule : Rule, IChecks<PodContainer>, IChecks<ComposeService>
{
    public override RuleInfo Info { get; } = new(
        "dangerous-capabilities-added", "Dangerous capabilities added", Theme.SecurityContext, RuleSeverity.High, ["kubernetes", "compose", "helm", "kustomize", "argo-rollouts"],
        "SYS_ADMIN and friends are near to root",
        "Drop the capability; where the program needs one thing of it, look for the narrow capability or device")
    {
        Fix = FixSafety.Unsafe,
        Details = "Capabilities near to root are shown to everyone; others that the Pod Security baseline does not allow to `--persona pedantic`.",
    };

    private static readonly HashSet<string> s_dangerous = new(StringComparer.Ordinal)
    {
        "ALL", "SYS_ADMIN", "NET_ADMIN", "SYS_MODULE", "SYS_RAWIO", "SYS_PTRACE", "SYS_BOOT", "MAC_OVERRIDE", "MAC_ADMIN", "PERFMON", "BPF", "DAC_READ_SEARCH", "NET_RAW", "SETPCAP", "SYSLOG",
    };

    // kubernetes.io/docs/concepts/security/pod-security-standards, baseline
    private static readonly HashSet<string> s_baseline = new(StringComparer.Ordinal)
    {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    };

    public void Check(PodContainer container, Report report)
    {
        if (container.Pod.IsWindows) return;
        foreach (var (name, node) in container.Capabilities("add"))
            if (s_dangerous.Contains(name))
                report.At(node, $"{container.Title} adds capability {YamlQuote.Short(name)}", "near to root", fix: Mend(container, name, report));
            else if (!s_baseline.Contains(name))
                report.At(node, $"{container.Title} adds capability {YamlQuote.Short(name)}", "not in the baseline of the Pod Security Standards", fix: Mend(container, name, report), level: Level.Pedantic);
    }

    private static Fix? Mend(PodContainer container, string name, Report report) => ManifestFix.In(report.File, FixSafety.Unsafe, $"do without {YamlQuote.Short(name)}",
        ManifestFix.RemoveItems(report.File.Text, container.Root, i => PodContainer.IsCapability(i, name), "securityContext", "capabilities", "add"));

    public void Check(ComposeService service, Report report)
    {
        foreach (var node in service.Root.Get("cap_add").Items())
            if (PodContainer.Capability(node.Text() ?? "") is var name && s_dangerous.Contains(name))
                report.At(node, $"{service.Title} adds capability {YamlQuote.Short(name)}", "near to root",
                    fix: ManifestFix.In(report.File, FixSafety.Unsafe, $"do without {YamlQuote.Short(name)}",
                        ManifestFix.RemoveItems(report.File.Text, service.Root, i => PodContainer.IsCapability(i, name), "cap_add")));
    }
}
