using Signalbox.Audit.Kubernetes;

namespace Signalbox.Audit.Rules;

internal sealed class PrivilegeEscalationAllowedRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "privilege-escalation-allowed", "Privilege escalation allowed", Theme.SecurityContext, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "A setuid binary can gain more rights than the container started with",
        "Set allowPrivilegeEscalation: false in the container's securityContext")
    {
        Fix = FixSafety.Unsafe,
        Details = "An explicit `true` is shown to everyone, a missing setting to `--persona pedantic`. Privileged containers and those with SYS_ADMIN cannot switch it off and are another rule's.",
    };

    public void Check(PodContainer container, Report report)
    {
        if (container.Role == ContainerRole.Ephemeral || container.Pod.IsWindows) return;
        var given = container.Security("allowPrivilegeEscalation");
        if (given?.Value.Switch() == false || (given is null && !container.IsWhole)) return;
        report.At(given?.Range ?? container.Range, $"{container.Title} may gain more rights than it starts with", "expected allowPrivilegeEscalation: false",
            fix: report.Set(FixSafety.Unsafe, "forbid privilege escalation", container.Root, "false", "securityContext", "allowPrivilegeEscalation"),
            level: given is null ? Level.Pedantic : null);
    }
}
