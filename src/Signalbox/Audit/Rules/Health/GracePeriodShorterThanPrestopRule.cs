using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class GracePeriodShorterThanPrestopRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "grace-period-shorter-than-prestop", "Grace period not longer than the preStop wait", Theme.Health, RuleSeverity.High, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "The process is killed before it can finish requests",
        "Set terminationGracePeriodSeconds to the preStop wait plus the longest request")
    {
        Fix = FixSafety.Safe,
        Details = "A wait is lifecycle.preStop.sleep, or `sleep N` in its command. The grace period counts both the hook and the end of the program.",
    };

    // core/v1: how long a pod has from the signal on
    private const long DefaultGrace = 30;

    public void Check(PodContainer container, Report report)
    {
        if (PreStop.Seconds(container) is not { } wait) return;
        var given = container.Pod.Spec.Entry("terminationGracePeriodSeconds");
        if (given is null && !container.IsWhole) return;
        var grace = given?.Value.Number() ?? DefaultGrace;
        if (wait < grace) return;
        report.At(given?.Range ?? container.Root.Get("lifecycle").Entry("preStop")?.Range ?? container.Range, $"{container.Title} waits {wait} s before it stops, and is killed after {grace} s", "terminationGracePeriodSeconds",
            fix: report.Set(FixSafety.Safe, "leave time after the wait", container.Pod.Spec, $"{wait + DefaultGrace}", "terminationGracePeriodSeconds"));
    }
}
