using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class LinuxHardeningMissingRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "linux-hardening-missing", "No seccomp, AppArmor, SELinux or dropped capability", Theme.SecurityContext, RuleSeverity.Low, ["kubernetes", "helm", "kustomize"],
        "Nothing confines the process",
        "Set a seccomp profile, an AppArmor profile or SELinux options, or drop capabilities")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Unsafe,
    };

    public void Check(PodContainer container, Report report)
    {
        if (container.Role == ContainerRole.Ephemeral || container.Pod.IsWindows || !container.IsWhole) return;
        if (Seccomp(container) || AppArmor(container) || SeLinux(container) || Drops(container)) return;
        report.At(container.Range, $"{container.Title} is confined by nothing", "expected seccomp, AppArmor, SELinux or dropped capabilities",
            fix: report.Set(FixSafety.Unsafe, "use the runtime's seccomp profile", SeccompProfileMissingRule.Target(container), "RuntimeDefault", "securityContext", "seccompProfile", "type"));
    }

    private static bool Seccomp(PodContainer container) => container.Security("seccompProfile")?.Value.Text("type") is not (null or "Unconfined");

    private static bool AppArmor(PodContainer container) =>
        container.Security("appArmorProfile")?.Value.Text("type") is not (null or "Unconfined")
        || container.Pod.Metadata.Get("annotations").Text("container.apparmor.security.beta.kubernetes.io/" + container.Name) is not (null or "unconfined");

    private static bool SeLinux(PodContainer container) => container.Security("seLinuxOptions")?.Value.Entries().Count > 0;

    private static bool Drops(PodContainer container) => container.Capabilities("drop").Any() && container.Capabilities("add").All(c => c.Name != "ALL");
}
