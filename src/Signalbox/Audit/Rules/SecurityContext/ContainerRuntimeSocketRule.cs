using Signalbox.Audit.Compose;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ContainerRuntimeSocketRule : Rule, IChecks<Pod>, IChecks<ComposeService>
{
    public override RuleInfo Info { get; } = new(
        "container-runtime-socket", "Container runtime socket mounted", Theme.SecurityContext, RuleSeverity.Critical, ["kubernetes", "compose", "helm", "kustomize", "argo-rollouts"],
        "The socket is root on the node",
        "Build and inspect without the node's runtime: Buildah, BuildKit rootless or kaniko for builds, the Kubernetes API for the rest");

    public void Check(Pod pod, Report report)
    {
        foreach (var (_, path) in HostMounts.Of(pod))
            if (HostMounts.IsRuntimeSocket(path.Value.Text()))
                report.At(path.Range, $"{pod.Owner.Title} mounts the container runtime's socket {YamlQuote.Short(path.Value.Text() ?? "")}", "whoever has it is root on the node");
    }

    public void Check(ComposeService service, Report report)
    {
        foreach (var (source, range) in service.Mounts)
            if (HostMounts.IsRuntimeSocket(source))
                report.At(range, $"{service.Title} mounts the container runtime's socket {YamlQuote.Short(source)}", "whoever has it is root on the host");
    }
}
