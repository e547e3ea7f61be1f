using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class NetRawNotDroppedRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "net-raw-not-dropped", "NET_RAW kept", Theme.SecurityContext, RuleSeverity.Low, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "Raw sockets allow spoofing in the pod network",
        "Drop NET_RAW, or ALL, in the container's securityContext")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Unsafe,
    };

    public void Check(PodContainer container, Report report)
    {
        if (container.Role != ContainerRole.Main || container.Pod.IsWindows) return;
        if (container.Capabilities("add").FirstOrDefault(c => c.Name == "NET_RAW") is { Node: { } added })
            report.At(added, $"{container.Title} adds NET_RAW", "expected it dropped", fix: Undo(container, report), level: new(Persona: Persona.Regular));
        else if (container.IsWhole && !container.Drops("NET_RAW"))
            report.At(container.Range, $"{container.Title} keeps NET_RAW", "expected NET_RAW or ALL in drop", fix: Mend(container, report));
    }

    private static Fix? Undo(PodContainer container, Report report) => ManifestFix.In(report.File, FixSafety.Unsafe, "do without NET_RAW",
        ManifestFix.RemoveItems(report.File.Text, container.Root, i => PodContainer.IsCapability(i, "NET_RAW"), "securityContext", "capabilities", "add"));

    private static Fix? Mend(PodContainer container, Report report)
    {
        // what is dropped already stays dropped
        var dropped = container.SecurityContext.Get("capabilities", "drop").Items().Select(n => n.Text()).OfType<string>();
        return report.Set(FixSafety.Unsafe, "drop NET_RAW", container.Root, $"[{string.Join(", ", [.. dropped, "NET_RAW"])}]", "securityContext", "capabilities", "drop");
    }
}
