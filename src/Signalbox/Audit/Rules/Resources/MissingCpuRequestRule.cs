using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class MissingCpuRequestRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "missing-cpu-request", "No CPU request", Theme.Resources, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "The scheduler places the pod blindly",
        "Set resources.requests.cpu to what the container uses on a usual day")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Unsafe,
        Details = "Where a limit is set the request equals it, which is seldom what was measured: shown to `--persona auditor`.",
    };

    public void Check(PodContainer container, Report report)
    {
        if (container.Role != ContainerRole.Main || !container.IsWhole || container.Root.Get("resources", "requests").Text("cpu") is { Length: > 0 }) return;
        report.At(container.Root.Entry("resources")?.Key.Range ?? container.Range, $"{container.Title} sets no CPU request", "expected resources.requests.cpu",
            fix: ResourceFix.Of(container, report, "requests", "cpu"), level: container.Root.Get("resources", "limits").Text("cpu") is null ? null : Level.Auditor);
    }
}
