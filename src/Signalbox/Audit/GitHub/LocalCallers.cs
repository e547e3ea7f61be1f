using System.Runtime.CompilerServices;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitHub;

/// <summary>Where a workflow or an action of the repository is used.</summary>
/// <param name="Step">Null where the job calls a workflow.</param>
internal sealed record LocalCaller(GitHubWorkflow Workflow, Job Job, Step? Step);

/// <summary>Who uses which workflow or action of the repository, found once for all questions.</summary>
internal static class LocalCallers
{
    private static readonly ConditionalWeakTable<Repository, Dictionary<YamlMapping, List<LocalCaller>>> s_callers = [];

    /// <param name="root">The root of the workflow or action that is used.</param>
    /// <returns>In order of path and place.</returns>
    public static IReadOnlyList<LocalCaller> CallersOf(this Repository repository, YamlMapping root) =>
        s_callers.GetValue(repository, Read).TryGetValue(root, out var callers) ? callers : [];

    private static Dictionary<YamlMapping, List<LocalCaller>> Read(Repository repository)
    {
        var all = new Dictionary<YamlMapping, List<LocalCaller>>(ReferenceEqualityComparer.Instance);
        foreach (var (file, workflow) in repository.All<GitHubWorkflow>())
        {
            var code = new LocalCode(repository, file.Path);
            foreach (var job in workflow.Pipeline.Jobs)
            {
                if (job.Calls is { IsLocal: true } calls) Add(code.Workflow(calls)?.Root, new(workflow, job, null));
                foreach (var step in job.Steps)
                    if (step.Uses is { IsLocal: true } uses) Add(code.Action(uses)?.Root, new(workflow, job, step));
            }
        }
        return all;

        void Add(YamlMapping? root, LocalCaller caller)
        {
            if (root is null) return;
            if (!all.TryGetValue(root, out var callers)) all[root] = callers = [];
            callers.Add(caller);
        }
    }
}
