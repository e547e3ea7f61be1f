using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class SshPortExposedRule : Rule, IChecks<PodContainer>, IChecks<KubernetesObject>, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "ssh-port-exposed", "SSH port exposed", Theme.Network, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize", "dockerfile"],
        "Containers are not meant to be logged into",
        "Drop the port and the SSH server; use kubectl exec or kubectl debug");

    private const long Ssh = 22;

    public void Check(PodContainer container, Report report)
    {
        foreach (var port in container.Ports)
            if (port.Entry("containerPort") is { } entry && entry.Value.Number() == Ssh && port.Text("protocol") is null or "TCP")
                report.At(port.Entry("containerPort")!.Range, $"{container.Title} declares the SSH port", "containers are not meant to be logged into");
    }

    public void Check(KubernetesObject target, Report report)
    {
        if (target.Kind != "Service" || target.Group.Length > 0) return;
        foreach (var port in target.Spec.Get("ports").Items())
            if ((port.Number("port") == Ssh || port.Number("targetPort") == Ssh) && port.Text("protocol") is null or "TCP")
                report.At((port.Entry("port") ?? port.Entry("targetPort"))!.Range, $"{target.Title} exposes the SSH port", "containers are not meant to be logged into");
    }

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var expose in file.Of("EXPOSE"))
            foreach (var word in expose.Words)
                if (word.Text is "22" or "22/tcp")
                    report.At(expose.Arguments.InFile(word.Range), "the image exposes the SSH port", "containers are not meant to be logged into");
    }
}
