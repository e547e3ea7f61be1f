using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class SeccompProfileMissingRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "seccomp-profile-missing", "No seccomp profile", Theme.SecurityContext, RuleSeverity.Low, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "Every system call stays open",
        "Set seccompProfile.type: RuntimeDefault in the pod's securityContext")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Unsafe,
        Details = "`Unconfined` written out is shown to everyone.",
    };

    public void Check(PodContainer container, Report report)
    {
        if (container.Role == ContainerRole.Ephemeral || container.Pod.IsWindows || HasAnnotation(container.Pod)) return;
        var profile = container.Security("seccompProfile");
        var type = profile?.Value.Text("type");
        if (type is "RuntimeDefault" or "Localhost" || (type is null && !container.IsWhole)) return;
        report.At(profile?.Range ?? container.Range, $"{container.Title} has {(type is null ? "no seccomp profile" : $"seccomp profile {YamlQuote.Short(type)}")}", "expected RuntimeDefault",
            fix: report.Set(FixSafety.Unsafe, "use the runtime's seccomp profile", Target(container), "RuntimeDefault", "securityContext", "seccompProfile", "type"),
            level: type == "Unconfined" ? new(Persona: Persona.Regular) : null);
    }

    // where the container says something itself, that must change; else one line for the pod is enough
    internal static YamlMapping Target(PodContainer container) => container.SecurityContext.Get("seccompProfile") is null ? container.Pod.Spec : container.Root;

    // the annotation was the only way before Kubernetes 1.19
    private static bool HasAnnotation(Pod pod) =>
        pod.Metadata.Get("annotations").Entries().Any(a => a.Key.Value.Contains("seccomp.security.alpha.kubernetes.io/", StringComparison.Ordinal) && a.Value.Text() is not "unconfined");
}
