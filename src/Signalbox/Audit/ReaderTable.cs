using Signalbox.Audit.Compose;
using Signalbox.Audit.Docker;
using Signalbox.Audit.Helm;
using Signalbox.Audit.Kubernetes;
using Signalbox.Audit.Kustomize;
using Signalbox.Audit.Readers;

namespace Signalbox.Audit;

/// <summary>Every kind of file that is read.</summary>
internal static class ReaderTable
{
    public static IReadOnlyList<Reader> All { get; } =
    [
        new GitHubFileReader(),
        new ActionLockReader(),
        new ImageLockReader(),
        new GitLabFileReader(),
        new AzureFileReader(),
        new JenkinsFileReader(),
        new DependabotReader(),
        new PreCommitReader(),
        new KubernetesFileReader(),
        new HelmTemplateReader(),
        new KustomizationReader(),
        new DockerfileReader(),
        new ComposeReader(),
        new EnvFileReader(),
        new GitIgnoreReader(),
    ];
}
