using Signalbox.Delivery;

namespace Signalbox.Pipelines.Local;

/// <summary>The jobs of one run as a graph without cycles.</summary>
internal sealed class RunPlan
{
    private RunPlan(IReadOnlyList<PlannedJob> jobs, IReadOnlyList<string> leftOut)
    {
        (Jobs, LeftOut) = (jobs, leftOut);
        var after = jobs.Select(_ => new List<int>()).ToArray();
        foreach (var job in jobs)
            foreach (var need in job.Needs) after[need].Add(job.Index);
        Dependents = after;
        Order = InOrder();
    }

    public IReadOnlyList<PlannedJob> Jobs { get; }

    /// <summary>Names of jobs that were not asked for by name or branch, and of those that need them.</summary>
    public IReadOnlyList<string> LeftOut { get; }

    /// <summary>By place: who waits for it.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Dependents { get; }

    /// <summary>Places such that each stands behind all it needs.</summary>
    public IReadOnlyList<int> Order { get; }

    /// <param name="jobs">Of a file that was read without errors: needs exist and end.</param>
    /// <param name="chosen">Names; these and all they need. Empty: all that are not manual.</param>
    /// <param name="branch">Where the source stands; null where that is not known, which no branch's name matches.</param>
    /// <param name="scannersOf">The scanners that a job of kind scan runs.</param>
    public static RunPlan Of(IReadOnlyList<PipelineJob> jobs, IReadOnlyCollection<string> chosen, string? branch, Func<PipelineJob, IReadOnlyList<string>> scannersOf)
    {
        var byName = jobs.ToDictionary(job => job.Name, StringComparer.Ordinal);
        var taken = Taken(jobs, byName, chosen, branch);
        var places = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var drafts = new List<(PlannedJob Planned, PipelineJob Job)>();
        foreach (var job in jobs.Where(job => taken.Contains(job.Name)))
            foreach (var (id, axes, scanner) in Instances(job, scannersOf))
            {
                (places.TryGetValue(job.Name, out var own) ? own : places[job.Name] = []).Add(drafts.Count);
                drafts.Add((new(drafts.Count, id, job, axes, []) { Scanner = scanner }, job));
            }
        // a need with many instances is needed in all of them
        var planned = drafts.Select(draft => draft.Planned with { Needs = [.. draft.Job.Needs.Where(places.ContainsKey).SelectMany(need => places[need]).Distinct()] });
        return new([.. planned], [.. jobs.Where(job => !taken.Contains(job.Name)).Select(job => job.Name)]);
    }

    /// <summary>By place: the longest way from its beginning to the end of the run.</summary>
    /// <param name="estimate">How long a job takes, in any unit.</param>
    public long[] Remaining(Func<PlannedJob, long> estimate)
    {
        var remaining = new long[Jobs.Count];
        for (var i = Order.Count - 1; i >= 0; i--)
        {
            var at = Order[i];
            var after = 0L;
            foreach (var dependent in Dependents[at]) after = Math.Max(after, remaining[dependent]);
            remaining[at] = after + Math.Max(0, estimate(Jobs[at]));
        }
        return remaining;
    }

    private static HashSet<string> Taken(IReadOnlyList<PipelineJob> jobs, Dictionary<string, PipelineJob> byName, IReadOnlyCollection<string> chosen, string? branch)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(chosen.Count > 0 ? chosen : jobs.Where(job => job.When != JobWhen.Manual && OnBranch(job, branch)).Select(job => job.Name));
        while (open.TryPop(out var name))
            if (taken.Add(name))
                foreach (var need in byName[name].Needs) open.Push(need);
        return taken;
    }

    private static bool OnBranch(PipelineJob job, string? branch) =>
        job.Branches.Count == 0 || (branch is not null && job.Branches.Any(pattern => Glob.Matches(pattern, branch)));

    private static IEnumerable<(string Id, IReadOnlyDictionary<string, string> Axes, string? Scanner)> Instances(PipelineJob job, Func<PipelineJob, IReadOnlyList<string>> scannersOf)
    {
        if (job.Kind == JobKind.Scan)
            return scannersOf(job).Select(scanner => ($"{job.Name} ({scanner})", Empty, (string?)scanner));
        if (job.Matrix.Count == 0) return [(job.Name, Empty, null)];
        IEnumerable<IReadOnlyList<(string Name, string Value)>> combinations = [[]];
        foreach (var axis in job.Matrix)
            combinations = combinations.SelectMany(before => axis.Values.Select(value => (IReadOnlyList<(string, string)>)[.. before, (axis.Name, value)]));
        return combinations.Select(axes => (
            $"{job.Name} ({string.Join(", ", axes.Select(axis => $"{axis.Name}={axis.Value}"))})",
            (IReadOnlyDictionary<string, string>)axes.ToDictionary(axis => axis.Name, axis => axis.Value), (string?)null));
    }

    private static IReadOnlyDictionary<string, string> Empty { get; } = new Dictionary<string, string>();

    /// <exception cref="ArgumentException">It goes round.</exception>
    private List<int> InOrder()
    {
        var left = Jobs.Select(job => job.Needs.Count).ToArray();
        var order = new List<int>(Jobs.Count);
        order.AddRange(Jobs.Where(job => job.Needs.Count == 0).Select(job => job.Index));
        for (var at = 0; at < order.Count; at++)
            foreach (var dependent in Dependents[order[at]])
                if (--left[dependent] == 0) order.Add(dependent);
        return order.Count == Jobs.Count ? order : throw new ArgumentException("the jobs need each other in a circle");
    }
}
