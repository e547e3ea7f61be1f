using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class RunsAsRootRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "runs-as-root", "Container may run as root", Theme.SecurityContext, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "A break-out starts with root's rights",
        "Set runAsNonRoot: true in the securityContext, with a numeric user other than 0 in the image or in runAsUser")
    {
        Fix = FixSafety.Unsafe,
        Details = "User 0 written out is shown to everyone; where nothing is said, so that the image decides, to `--persona pedantic`. The fix is unsafe: an image that was made for root, "
            + "or a volume whose files are root's, needs more than that.",
    };

    public void Check(PodContainer container, Report report)
    {
        if (container.Pod.IsWindows || container.Security("windowsOptions") is not null) return;
        var user = container.Security("runAsUser");
        var allowed = container.Security("runAsNonRoot");
        if (user?.Value.Number() == 0)
            report.At(user.Range, $"{container.Title} runs as user 0", "expected another user",
                fix: report.Fix(FixSafety.Unsafe, $"run as user {report.Policy.Thresholds.UserId}", YamlPatch.SetValue(report.File.Text, user, $"{report.Policy.Thresholds.UserId}")));
        else if (allowed?.Value.Switch() == false && user is null)
            report.At(allowed.Range, $"{container.Title} is allowed to run as root", "expected runAsNonRoot: true",
                fix: report.Fix(FixSafety.Unsafe, "never run as root", YamlPatch.SetValue(report.File.Text, allowed, "true")));
        else if (user is null && allowed?.Value.Switch() != true && container.IsWhole)
            report.At(container.Range, $"{container.Title} runs as whatever user its image names, root included", "expected runAsNonRoot: true", level: Level.Pedantic,
                fix: report.Set(FixSafety.Unsafe, "never run as root", Target(container), "true", "securityContext", "runAsNonRoot"));
    }

    // one line for the pod is enough, unless a container of it says who it runs as
    private static YamlMapping Target(PodContainer container) =>
        container.Pod.All.Any(c => c.SecurityContext.Entry("runAsUser") is not null || c.SecurityContext.Entry("runAsNonRoot") is not null) ? container.Root : container.Pod.Spec;
}
