using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class HostPortRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "host-port", "Host port bound", Theme.SecurityContext, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "It bypasses services and limits scheduling",
        "Drop hostPort and expose the pods through a service")
    {
        Fix = FixSafety.Unsafe,
        Details = "A DaemonSet is shown to `--persona pedantic`: agents of a node often need it.",
    };

    public void Check(PodContainer container, Report report)
    {
        foreach (var port in container.Ports)
            if (port.Entry("hostPort") is { } entry && entry.Value.Number() is not (null or 0))
                report.At(entry.Range, $"{container.Title} binds port {entry.Value.Text()} of the node", "expected no hostPort",
                    fix: report.Remove(FixSafety.Unsafe, "leave the node's port", port, "hostPort"), level: container.Pod.Owner.Kind == "DaemonSet" ? Level.Pedantic : null);
    }
}
