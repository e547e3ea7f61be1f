using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class EphemeralStorageUnsetRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "ephemeral-storage-unset", "No ephemeral storage request or limit", Theme.Resources, RuleSeverity.Low, ["kubernetes", "helm", "kustomize"],
        "Logs and temp files evict the neighbours",
        "Set requests and limits for ephemeral-storage")
    {
        Persona = Persona.Auditor,
    };

    public void Check(PodContainer container, Report report)
    {
        if (container.Role != ContainerRole.Main || !container.IsWhole) return;
        var resources = container.Root.Get("resources");
        if (resources.Get("limits").Text("ephemeral-storage") is null || resources.Get("requests").Text("ephemeral-storage") is null)
            report.At(container.Root.Entry("resources")?.Key.Range ?? container.Range, $"{container.Title} may fill the node's disk", "expected requests and limits of ephemeral-storage");
    }
}
