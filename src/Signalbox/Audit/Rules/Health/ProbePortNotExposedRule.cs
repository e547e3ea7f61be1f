using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ProbePortNotExposedRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "probe-port-not-exposed", "Probe uses a port the container does not declare", Theme.Health, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "The probe fails or tests something else",
        "Probe a port that the container declares in ports")
    {
        Details = "A number that is not declared works in Kubernetes as long as the program listens there: shown to `--persona pedantic`. A name must be declared.",
    };

    public void Check(PodContainer container, Report report)
    {
        if (!container.IsWhole) return;
        foreach (var name in (ReadOnlySpan<string>)["livenessProbe", "readinessProbe", "startupProbe"])
            if (Probe.Of(container, name)?.Port is { } port && port.Value.Text() is { } asked && !Declares(container, asked))
                report.At(port.Range, $"the {name} of {container.Title} asks port {YamlQuote.Short(asked)}, which the container does not declare", "expected one of its ports",
                    level: port.Value.Number() is not null ? Level.Pedantic : null);
    }

    private static bool Declares(PodContainer container, string port) => container.Ports.Any(p => p.Text("containerPort") == port || p.Text("name") == port);
}
