using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ProbeExceedsProgressDeadlineRule : Rule, IChecks<Pod>
{
    public override RuleInfo Info { get; } = new(
        "probe-exceeds-progress-deadline", "Readiness takes longer than the progress deadline", Theme.Health, RuleSeverity.High, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "Every rollout is declared failed before pods can be ready",
        "Raise progressDeadlineSeconds above the time that start-up and readiness may take")
    {
        Details = "Found where the first readiness check, with minReadySeconds, comes after the deadline. A start-up probe that allows more time than the deadline is shown to `--persona pedantic`.",
    };

    // apps/v1 and Argo Rollouts both default to it
    private const long DefaultDeadline = 600;

    public void Check(Pod pod, Report report)
    {
        if (pod.Owner.Kind is not ("Deployment" or "Rollout")) return;
        var deadline = pod.Owner.Spec.Number("progressDeadlineSeconds") ?? DefaultDeadline;
        var settled = pod.Owner.Spec.Number("minReadySeconds") ?? 0;
        foreach (var container in pod.Containers)
        {
            var (ready, start) = (Probe.Of(container, "readinessProbe"), Probe.Of(container, "startupProbe"));
            var earliest = Math.Max(ready?.InitialDelay ?? 0, start?.InitialDelay ?? 0) + settled;
            if (earliest >= deadline)
                report.At((ready ?? start)?.Entry.Range ?? container.Range, $"{container.Title} is ready after {earliest} s at the earliest, but the rollout fails after {deadline} s", "progressDeadlineSeconds");
            else if (start is not null && start.Patience + settled > deadline)
                report.At(start.Entry.Key.Range, $"{container.Title} may take {start.Patience} s to start, but the rollout fails after {deadline} s", "progressDeadlineSeconds", level: Level.Pedantic);
        }
    }
}
