using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class MissingMemoryLimitRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "missing-memory-limit", "No memory limit", Theme.Resources, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "A leak takes the node down",
        "Set resources.limits.memory a little above what the container needs at most")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Unsafe,
    };

    public void Check(PodContainer container, Report report)
    {
        if (container.Role != ContainerRole.Main || !container.IsWhole || container.Root.Get("resources", "limits").Text("memory") is { Length: > 0 }) return;
        report.At(container.Root.Entry("resources")?.Key.Range ?? container.Range, $"{container.Title} sets no memory limit", "expected resources.limits.memory",
            fix: ResourceFix.Of(container, report, "limits", "memory"));
    }
}
