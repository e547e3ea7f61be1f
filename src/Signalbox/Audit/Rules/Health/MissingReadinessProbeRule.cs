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
        Details = "Shown to everyone where the container declares a port, so that somebody sends it traffic. Jobs have none to serve.",
    };

    public void Check(PodContainer container, Report report)
    {
        if (container.Role != ContainerRole.Main || !container.IsWhole || !container.Pod.RunsOn || Probe.Of(container, "readinessProbe") is not null) return;
        report.At(container.Range, $"{container.Title} has no readiness probe", "traffic comes as soon as the process runs", fix: ProbeFix.Readiness(container, report),
            level: container.Ports.Any() && container.Pod.IsReplicated ? new(Persona: Persona.Regular) : null);
    }
}
