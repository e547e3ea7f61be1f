using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class MissingMemoryRequestRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "missing-memory-request", "No memory request", Theme.Resources, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "The node is overcommitted without anyone deciding so",
        "Set resources.requests.memory to what the container uses, and the limit to the same")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Unsafe,
        Details = "Shown to everyone where a container that runs on has neither request nor limit, to `--persona pedantic` elsewhere.",
    };

    public void Check(PodContainer container, Report report)
    {
        if (container.Role != ContainerRole.Main || !container.IsWhole || container.Root.Get("resources", "requests").Text("memory") is { Length: > 0 }) return;
        report.At(container.Root.Entry("resources")?.Key.Range ?? container.Range, $"{container.Title} sets no memory request", "expected resources.requests.memory",
            fix: ResourceFix.Of(container, report, "requests", "memory"), level: container.Pod.RunsOn && container.Root.Get("resources", "limits").Text("memory") is null ? new(Persona: Persona.Regular) : null);
    }
}
