using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class CapabilitiesNotDroppedRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "capabilities-not-dropped", "Default capabilities kept", Theme.SecurityContext, RuleSeverity.Low, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "The default set is more than an app needs",
        "Set capabilities.drop to [ALL], and add back the one that the program needs")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Unsafe,
        Details = "Also satisfied where each capability of the default set is dropped by name.",
    };

    // what container runtimes grant by default (containerd and CRI-O agree but for a few)
    private static readonly string[] s_default =
    [
        "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE",
    ];

    public void Check(PodContainer container, Report report)
    {
        if (container.Role == ContainerRole.Ephemeral || container.Pod.IsWindows || s_default.All(container.Drops)) return;
        var drop = container.SecurityContext.Get("capabilities").Entry("drop");
        if (drop is null && !container.IsWhole) return;
        report.At(drop?.Range ?? container.Range, $"{container.Title} keeps default capabilities", "expected drop: [ALL]",
            fix: report.Set(FixSafety.Unsafe, "drop all capabilities", container.Root, "[ALL]", "securityContext", "capabilities", "drop"));
    }
}
