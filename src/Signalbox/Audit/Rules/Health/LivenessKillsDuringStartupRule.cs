using Signalbox.Audit.Kubernetes;

namespace Signalbox.Audit.Rules;

internal sealed class LivenessKillsDuringStartupRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "liveness-kills-during-startup", "Liveness probe kills before start-up ends", Theme.Health, RuleSeverity.High, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "The pod is restarted in a loop on a slow start",
        "Add a startupProbe that covers the slowest start, and take initialDelaySeconds away")
    {
        Details = "Found where no start-up probe holds liveness back, and liveness gives up before readiness begins to ask.",
    };

    public void Check(PodContainer container, Report report)
    {
        if (Probe.Of(container, "startupProbe") is not null || Probe.Of(container, "livenessProbe") is not { } liveness || Probe.Of(container, "readinessProbe") is not { } readiness) return;
        if (liveness.Patience <= readiness.InitialDelay)
            report.At(liveness.Entry.Key.Range, $"{container.Title} is killed after {liveness.Patience} s of start-up, but is first asked whether it is ready after {readiness.InitialDelay} s", "expected a startupProbe");
    }
}
