using Signalbox.Audit.Kubernetes;

namespace Signalbox.Audit.Rules;

internal sealed class MissingLivenessProbeRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "missing-liveness-probe", "No liveness probe", Theme.Health, RuleSeverity.Low, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "A hung process is never restarted",
        "Add a livenessProbe that fails only when a restart is the cure")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Unsafe,
    };

    public void Check(PodContainer container, Report report)
    {
        if (container.Role != ContainerRole.Main || !container.IsWhole || !container.Pod.RunsOn || Probe.Of(container, "livenessProbe") is not null) return;
        report.At(container.Range, $"{container.Title} has no liveness probe", "nothing restarts it when it hangs", fix: ProbeFix.Liveness(container, report));
    }
}
