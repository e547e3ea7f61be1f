using Signalbox.Delivery;
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
    /// <summary>Reads a pipeline's meaning; what has none is said in <paramref name="log"/>.</summary>
    /// <param name="path">Relative to the repository where files of it are taken in.</param>
    /// <param name="problem">Why it cannot be read at all, or null.</param>
    /// <param name="files">Gives the path and the text of each file of the repository that a path, with wildcards on GitLab, names; null takes none in.</param>
    public static PortablePipeline? Read(Platform platform, string path, YamlText text, CarriageLog log, out YamlProblem? problem, Func<string, IEnumerable<(string Path, string Text)>>? files = null)
    {
        problem = null;
        if (platform == Platform.Jenkins) return JenkinsImport.Read(JenkinsReader.Read(path, text), log);
        var stream = YamlReader.ReadAll(text);
        problem = stream.Problems is [var first, ..] ? first : null;
        var root = Root(platform, stream);
        if (problem is not null) return null;
        if (root is null)
        {
            problem = new("yaml-no-pipeline", "the file holds no pipeline; expected a mapping", new(1, 1, 1));
            return null;
        }
        if (platform == Platform.GitLab) GitLabInputs.Say(stream.Documents, log);
        return platform switch
        {
            Platform.GitHubActions => GitHubImport.Read(GitHubReader.ReadWorkflow(path, text, root), log),
            Platform.GitLab => GitLab(GitLabReader.Read(path, text, root, files is null ? null : Included, withJobs: true), log),
            _ => AzureImport.Read(AzureReader.Read(path, text, root, files is null ? null : Template, instead: true), log),
        };

        IEnumerable<(string Path, YamlMapping Root)> Included(string source, TextRange at) => TakenIn(files!, source, at, GitLabReader.Root, log);
        YamlMapping? Template(string source, TextRange at) => TakenIn(files!, source, at, documents => documents is [YamlMapping only, ..] ? only : null, log).Select(file => file.Root).FirstOrDefault();
    }

    private static PortablePipeline GitLab(GitLabPipeline read, CarriageLog log) => GitLabProjectVariables.Asked(GitLabImport.Read(read, log), read.Root);

    private static IEnumerable<(string Path, YamlMapping Root)> TakenIn(
        Func<string, IEnumerable<(string Path, string Text)>> files, string source, TextRange at, Func<IReadOnlyList<YamlNode?>, YamlMapping?> rootOf, CarriageLog log)
    {
        foreach (var (path, text) in files(source))
        {
            var stream = YamlReader.ReadAll(new(text));
            if (stream.Problems is [var problem, ..]) log.Left(at, $"{path} cannot be read: line {problem.Span.Line}, {problem.Message}");
            else if (rootOf(stream.Documents) is { } root) yield return (path, root);
        }
    }

    private static YamlMapping? Root(Platform platform, YamlStream stream) =>
        platform == Platform.GitLab ? GitLabReader.Root(stream.Documents) : stream.Documents is [YamlMapping only, ..] ? only : null;

    /// <summary>The files and libraries that a pipeline takes jobs in from; those of the repository by their path in it.</summary>
    public static IReadOnlyList<Inclusion> Inclusions(Platform platform, string path, YamlText text)
    {
        if (platform == Platform.Jenkins) return JenkinsReader.Read(path, text).Pipeline.Inclusions;
        if (Root(platform, YamlReader.ReadAll(text)) is not { } root) return [];
        return platform switch
        {
            Platform.GitLab => [.. GitLabReader.Read(path, text, root).Pipeline.Inclusions.Select(i => i.Remote ? i : i with { Source = i.Source.TrimStart('/') })],
            Platform.AzurePipelines => [.. AzureReader.Read(path, text, root).Pipeline.Inclusions.Select(i => i.Remote ? i : i with { Source = AzureTemplates.Resolve(RelativeFolder(path), i.Source) ?? i.Source })],
            _ => [],
        };
    }

    private static string RelativeFolder(string path) => path.Contains('/') ? path[..path.LastIndexOf('/')] : "";

    /// <summary>Writes a pipeline for a platform; what it cannot say is said in <paramref name="log"/>.</summary>
    public static string Write(Platform platform, PortablePipeline pipeline, CarriageLog log)
    {
        foreach (var job in pipeline.Jobs.Where(j => j.Matrix is { IsFew: false }))
            log.Left(job.Matrix!.Source, $"job {job.Id}: its matrix has more than {MatrixAxis.MostCombinations} combinations, and not all of them are carried", "fewer of them, or several jobs");
        if (platform != Platform.GitHubActions)
            foreach (var upload in pipeline.Jobs.SelectMany(j => j.Steps).OfType<UploadStep>().Where(u => u.LeavesHidden))
                log.Changed(upload.Source, $"the artifact {upload.ArtifactName} has files whose names begin with a dot, too");
        return platform switch
        {
            Platform.GitHubActions => GitHubWriter.Write(pipeline, log),
            Platform.GitLab => GitLabWriter.Write(pipeline, log),
            Platform.AzurePipelines => AzureWriter.Write(pipeline, log),
            _ => JenkinsWriter.Write(pipeline, log),
        };
    }

    /// <summary>Where a platform looks for its file.</summary>
    public static string FileOf(Platform platform) => platform switch
    {
        Platform.GitHubActions => ".github/workflows/pipeline.yml",
        Platform.GitLab => ".gitlab-ci.yml",
        Platform.AzurePipelines => "azure-pipelines.yml",
        _ => "Jenkinsfile",
    };
}
