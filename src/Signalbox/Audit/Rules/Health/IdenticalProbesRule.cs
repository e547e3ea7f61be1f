using Signalbox.Audit.Kubernetes;

namespace Signalbox.Audit.Rules;

internal sealed class IdenticalProbesRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "identical-probes", "Liveness and readiness probes identical", Theme.Health, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "A slow dependency restarts pods instead of draining them",
        "Ask liveness something that needs no other service, or let it be far more patient than readiness")
    {
        Persona = Persona.Pedantic,
        Details = "Where liveness waits longer than readiness before it acts, the same question is asked of both on purpose: shown to `--persona auditor`.",
    };

    public void Check(PodContainer container, Report report)
    {
        if (Probe.Of(container, "livenessProbe") is not { } liveness || Probe.Of(container, "readinessProbe") is not { } readiness || !liveness.AsksTheSameAs(readiness)) return;
        report.At(liveness.Entry.Key.Range, $"{container.Title} asks liveness and readiness the same question", "a slow dependency restarts the pod",
            level: liveness.Patience > readiness.Patience ? Level.Auditor : null);
    }
}
