using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;

namespace Signalbox.Audit.GitHub;

/// <summary>What composite actions of the repository do for delivery is done by the steps that use them.</summary>
internal static class LocalActions
{
    /// <summary>Tells every step what it does by way of an action. Once, when every file was read.</summary>
    public static void Bring(Repository repository)
    {
        if (repository.All<GitHubAction>().Count == 0) return;
        var known = new Dictionary<string, IReadOnlyList<(ActivityKind, string, bool)>>(StringComparer.Ordinal);
        foreach (var (file, workflow) in repository.All<GitHubWorkflow>())
        {
            var code = new LocalCode(repository, file.Path);
            foreach (var step in workflow.Pipeline.Jobs.SelectMany(j => j.Steps))
                if (step.Uses is { IsLocal: true } uses) step.Bring(Of(code, uses, known).Select(d => new Activity(d.Kind, d.Tool, uses.Range) { IsOfImage = d.IsOfImage }));
        }
    }

    // what is built and published there is said there
    private static IReadOnlyList<(ActivityKind Kind, string Tool, bool IsOfImage)> Of(LocalCode code, UsedCode uses, Dictionary<string, IReadOnlyList<(ActivityKind Kind, string Tool, bool IsOfImage)>> known)
    {
        if (code.Action(uses) is not { Runs: { } job } action) return [];
        var path = action.Fragment.Path;
        if (known.TryGetValue(path, out var before)) return before;
        // one that uses itself does nothing more by that
        known[path] = [];
        var own = job.Activities.Where(a => a.Kind is ActivityKind.Scan or ActivityKind.Sign or ActivityKind.Attest or ActivityKind.Verify or ActivityKind.Rollback).Concat(job.Deploys);
        return known[path] = [.. own.Select(a => (a.Kind, a.Tool, a.IsOfImage)).Concat(job.Steps.Select(s => s.Uses).OfType<UsedCode>().Where(u => u.IsLocal).SelectMany(u => Of(code, u, known))).Distinct()];
    }
}
