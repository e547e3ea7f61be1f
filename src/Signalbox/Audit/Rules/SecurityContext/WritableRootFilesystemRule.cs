using Signalbox.Audit.Kubernetes;

namespace Signalbox.Audit.Rules;

internal sealed class WritableRootFilesystemRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "writable-root-filesystem", "Root filesystem is writable", Theme.SecurityContext, RuleSeverity.Low, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "An intruder can change binaries in place",
        "Set readOnlyRootFilesystem: true, and mount an emptyDir where the program writes")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Unsafe,
        Details = "The fix is unsafe: what the program writes outside of a volume fails from then on.",
    };

    public void Check(PodContainer container, Report report)
    {
        var given = container.Security("readOnlyRootFilesystem");
        if (container.Pod.IsWindows || given?.Value.Switch() == true || (given is null && !container.IsWhole)) return;
        report.At(given?.Range ?? container.Range, $"{container.Title} can change its own root filesystem", "expected readOnlyRootFilesystem: true",
            fix: report.Set(FixSafety.Unsafe, "make the root filesystem read-only", container.Root, "true", "securityContext", "readOnlyRootFilesystem"));
    }
}
