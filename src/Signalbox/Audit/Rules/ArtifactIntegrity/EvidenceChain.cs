using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;

namespace Signalbox.Audit.Rules;

/// <summary>What a repository's pipelines do for the images they publish, across jobs, files and called workflows.</summary>
internal static class EvidenceChain
{
    /// <summary>The activities of a pipeline that publishes an image.</summary>
    public static IEnumerable<(SourceFile File, Pipeline Pipeline, Activity Publish)> Published(Repository repository)
    {
        foreach (var (file, pipeline) in repository.All<Pipeline>())
            if (pipeline.Jobs.SelectMany(j => j.Activities).FirstOrDefault(a => a.Kind == ActivityKind.PublishImage) is { } publish) yield return (file, pipeline, publish);
    }

    /// <summary>Whether the pipeline, a workflow it calls, or any other pipeline of the repository does it.</summary>
    public static bool Does(Repository repository, Func<Activity, bool> kind) =>
        repository.All<Pipeline>().Any(p => p.Document.Jobs.Any(j => j.Activities.Any(kind)))
        || repository.All<GitHubAction>().Any(a => a.Document.Runs?.Activities.Any(kind) == true);
}
