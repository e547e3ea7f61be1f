using Signalbox.Audit.Compose;
using Signalbox.Audit.Jenkins;
using Signalbox.Audit.Kubernetes;
using Signalbox.Pipelines.Jenkins;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ContainerRuntimeSocketRule : Rule, IChecks<Pod>, IChecks<ComposeService>, IChecks<JenkinsPipeline>
{
    public override RuleInfo Info { get; } = new(
        "container-runtime-socket", "Container runtime socket mounted", Theme.SecurityContext, RuleSeverity.Critical, ["kubernetes", "compose", "helm", "kustomize", "argo-rollouts", "jenkins"],
        "The socket is root on the node",
        "Build and inspect without the node's runtime: Buildah, BuildKit rootless or kaniko for builds, the Kubernetes API for the rest")
    {
        Details = "Also in the options of the containers that a Jenkinsfile's steps run in, where it is high.",
    };

    public void Check(Pod pod, Report report)
    {
        foreach (var (_, path) in HostMounts.Of(pod))
            if (HostMounts.IsRuntimeSocket(path.Value.Text()))
                report.At(path.Range, $"{pod.Owner.Title} mounts the container runtime's socket {YamlQuote.Short(path.Value.Text() ?? "")}", "whoever has it is root on the node");
    }

    public void Check(ComposeService service, Report report)
    {
        foreach (var (source, target, range) in service.Mounts)
        {
            // where a variable names the place on the host, that in the container tells what it is
            var socket = source.StartsWith("${", StringComparison.Ordinal) ? target : source;
            if (HostMounts.IsRuntimeSocket(socket)) report.At(range, $"{service.Title} mounts the container runtime's socket {YamlQuote.Short(socket)}", "whoever has it is root on the host");
        }
    }

    public void Check(JenkinsPipeline jenkins, Report report)
    {
        foreach (var (words, range) in DockerArguments.Of(jenkins))
            if (DockerArguments.Mounted(words).FirstOrDefault(HostMounts.IsRuntimeSocket) is { } socket)
                report.At(range, $"the build's container mounts the container runtime's socket {YamlQuote.Short(socket)}", "whoever has it is root on the agent", level: new(RuleSeverity.High));
    }
}
