using Signalbox.Audit.Readers;
using Signalbox.Pipelines;

namespace Signalbox.Audit.GitHub;

/// <summary>What the workflows of the repository deploy that a job calls, however many call each other in a row.</summary>
internal static class CalledDeploys
{
    /// <summary>The first deployment and its file; null where nothing is called, or what is called deploys nothing.</summary>
    public static (SourceFile File, Activity Deploy)? First(Repository repository, PipelineJob site)
    {
        if (site.Job.Calls is null) return null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<(string Path, Job Job)>([(site.Pipeline.Path, site.Job)]);
        while (open.TryPop(out var caller))
        {
            if (caller.Job.Calls is not { IsLocal: true } calls || new LocalCode(repository, caller.Path).Workflow(calls)?.Pipeline is not { } called || !seen.Add(called.Path)) continue;
            foreach (var job in called.Jobs.Reverse()) open.Push((called.Path, job));
            if (called.Jobs.Select(j => j.Deploys).FirstOrDefault(d => d.Count > 0) is { } deploys && repository.Open(called.Path) is { } file) return (file, deploys[0]);
        }
        return null;
    }
}
