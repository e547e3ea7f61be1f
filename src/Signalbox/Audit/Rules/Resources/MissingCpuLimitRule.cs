using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class MissingCpuLimitRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "missing-cpu-limit", "No CPU limit", Theme.Resources, RuleSeverity.Low, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "One pod can starve its neighbours",
        "Set resources.limits.cpu where neighbours must be protected; a request alone is enough elsewhere")
    {
        Persona = Persona.Auditor,
        Fix = FixSafety.Unsafe,
    };

    public void Check(PodContainer container, Report report)
    {
        if (container.Role != ContainerRole.Main || !container.IsWhole || container.Root.Get("resources", "limits").Text("cpu") is { Length: > 0 }) return;
        report.At(container.Root.Entry("resources")?.Key.Range ?? container.Range, $"{container.Title} sets no CPU limit", "expected resources.limits.cpu",
            fix: ResourceFix.Of(container, report, "limits", "cpu"));
    }
}
