using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;

namespace Signalbox.Audit.GitHub;

/// <summary>What composite actions of the repository do for delivery is done by the steps that use them.</summary>
internal static class LocalActions
{
    // docs.github.com: composite actions nest at most ten deep
    private const int Deepest = 10;

    /// <summary>Tells every step what it does by way of an action. Once, when every file was read.</summary>
    public static void Bring(Repository repository)
    {
        if (repository.All<GitHubAction>().Count == 0) return;
        foreach (var (file, workflow) in repository.All<GitHubWorkflow>())
        {
            var code = new LocalCode(repository, file.Path);
            foreach (var step in workflow.Pipeline.Jobs.SelectMany(j => j.Steps))
                if (step.Uses is { IsLocal: true } uses) step.Bring(Of(code, uses, 0).Distinct().Select(d => new Activity(d.Kind, d.Tool, uses.Range) { IsOfImage = d.IsOfImage }));
        }
    }

    // what is built and published there is said there
    private static IEnumerable<(ActivityKind Kind, string Tool, bool IsOfImage)> Of(LocalCode code, UsedCode uses, int depth)
    {
        if (depth == Deepest || code.Action(uses)?.Runs is not { } job) return [];
        var own = job.Activities.Where(a => a.Kind is ActivityKind.Scan or ActivityKind.Sign or ActivityKind.Attest or ActivityKind.Verify or ActivityKind.Rollback).Concat(job.Deploys);
        return own.Select(a => (a.Kind, a.Tool, a.IsOfImage)).Concat(job.Steps.Select(s => s.Uses).OfType<UsedCode>().Where(u => u.IsLocal).SelectMany(u => Of(code, u, depth + 1)));
    }
}
