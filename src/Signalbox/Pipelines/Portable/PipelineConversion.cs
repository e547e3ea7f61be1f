using Signalbox.Pipelines.AzurePipelines;
using Signalbox.Pipelines.AzurePipelines.Portable;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.GitHubActions.Portable;
using Signalbox.Pipelines.GitLab;
using Signalbox.Pipelines.GitLab.Portable;
using Signalbox.Pipelines.Jenkins;
using Signalbox.Pipelines.Jenkins.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Portable;

/// <summary>Takes a pipeline from one platform to another by way of its meaning.</summary>
public static class PipelineConversion
{
    /// <summary>Which platform's a file is, by its name, else by what it holds; null where neither tells.</summary>
    /// <param name="path">With forward slashes.</param>
    public static Platform? Detect(string path, string content)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        if (name.StartsWith("Jenkinsfile", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".jenkinsfile", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".groovy", StringComparison.OrdinalIgnoreCase)) return Platform.Jenkins;
        if (name.EndsWith(".gitlab-ci.yml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".gitlab-ci.yaml", StringComparison.OrdinalIgnoreCase)) return Platform.GitLab;
        if (path.Contains(".github/workflows/", StringComparison.Ordinal)) return Platform.GitHubActions;
        if (name.StartsWith("azure-pipelines", StringComparison.OrdinalIgnoreCase)) return Platform.AzurePipelines;
        var stream = YamlReader.ReadAll(new(content));
        var root = stream.Documents is [YamlMapping first, ..] ? first : null;
        if (root is null) return GroovyLike(content) ? Platform.Jenkins : null;
        if (root.Get("jobs") is YamlMapping && (root.Find("on") ?? root.Find("true")) is not null) return Platform.GitHubActions;
        if (AzureReader.LooksLike(root)) return Platform.AzurePipelines;
        return GitLabReader.Root(stream.Documents) is { } gitlab && GitLabReader.LooksLike(gitlab) ? Platform.GitLab : null;
    }

    private static bool GroovyLike(string content) => Jenkins.Groovy.GroovyParser.Parse(content).Calls.Any(c => c.Name is "pipeline" or "node" && c.Block is not null);

    /// <summary>Reads a pipeline's meaning; what has none is said in <paramref name="log"/>.</summary>
    /// <param name="problem">Why it cannot be read at all, or null.</param>
    public static PortablePipeline? Read(Platform platform, string path, YamlText text, CarriageLog log, out YamlProblem? problem)
    {
        problem = null;
        if (platform == Platform.Jenkins) return JenkinsImport.Read(JenkinsReader.Read(path, text), log);
        var stream = YamlReader.ReadAll(text);
        problem = stream.Problems is [var first, ..] ? first : null;
        var root = platform == Platform.GitLab ? GitLabReader.Root(stream.Documents) : stream.Documents is [YamlMapping only, ..] ? only : null;
        if (problem is not null) return null;
        if (root is null)
        {
            problem = new("yaml-no-pipeline", "the file holds no pipeline; expected a mapping", new(1, 1, 1));
            return null;
        }
        return platform switch
        {
            Platform.GitHubActions => GitHubImport.Read(GitHubReader.ReadWorkflow(path, text, root), log),
            Platform.GitLab => GitLabImport.Read(GitLabReader.Read(path, text, root), log),
            _ => AzureImport.Read(AzureReader.Read(path, text, root), log),
        };
    }

    /// <summary>Writes a pipeline for a platform; what it cannot say is said in <paramref name="log"/>.</summary>
    public static string Write(Platform platform, PortablePipeline pipeline, CarriageLog log) => platform switch
    {
        Platform.GitHubActions => GitHubWriter.Write(pipeline, log),
        Platform.GitLab => GitLabWriter.Write(pipeline, log),
        Platform.AzurePipelines => AzureWriter.Write(pipeline, log),
        _ => JenkinsWriter.Write(pipeline, log),
    };

    /// <summary>Where a platform looks for its file.</summary>
    public static string FileOf(Platform platform) => platform switch
    {
        Platform.GitHubActions => ".github/workflows/pipeline.yml",
        Platform.GitLab => ".gitlab-ci.yml",
        Platform.AzurePipelines => "azure-pipelines.yml",
        _ => "Jenkinsfile",
    };
}
