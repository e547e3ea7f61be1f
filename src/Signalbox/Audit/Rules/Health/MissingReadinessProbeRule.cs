using Signalbox.Audit.Kubernetes;

namespace Signalbox.Audit.Rules;

internal sealed class MissingReadinessProbeRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "missing-readiness-probe", "No readiness probe", Theme.Health, RuleSeverity.High, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "Traffic reaches pods that cannot serve yet",
        "Add a readinessProbe that answers only when the container can serve")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Unsafe,
        Details = "Shown to everyone where somebody sends it traffic: it declares a port that is not for metrics, profiling or health alone, and a Service selects it where any is declared beside it (in its chart or kustomization, its folder or one above or below). Jobs have none to serve.",
    };

    public void Check(PodContainer container, Report report)
    {
        if (container.Role != ContainerRole.Main || !container.IsWhole || !container.Pod.RunsOn || Probe.Of(container, "readinessProbe") is not null) return;
        report.At(container.Range, $"{container.Title} has no readiness probe", "traffic comes as soon as the process runs", fix: ProbeFix.Readiness(container, report),
            level: container.Pod.IsReplicated && Traffic.Reaches(Cluster.Of(report.Repository), container) ? new(Persona: Persona.Regular) : null);
    }
}
