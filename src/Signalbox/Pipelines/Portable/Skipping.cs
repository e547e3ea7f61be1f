namespace Signalbox.Pipelines.Portable;

/// <summary>
/// What becomes of a job where one that it needs was left out by its condition. In the model, on GitLab and on Jenkins it runs all the
/// same; on GitHub and Azure it is left out with it, unless it says otherwise.
/// </summary>
/// <remarks>
/// Sources: docs.github.com, "Workflow syntax: jobs.job_id.needs" (what needs a skipped job is skipped);
/// learn.microsoft.com, "Specify conditions" (a job runs where all it depends on succeeded).
/// </remarks>
internal static class Skipping
{
    /// <summary>Reads such a platform: the conditions of all that a job needs, however far back, become its own.</summary>
    /// <param name="takenAlong">Whether a job is left out with what it needs.</param>
    /// <param name="condition">What leaves out a job, as far as it concerns the one that needs it; given that one, then the other.</param>
    public static IReadOnlyList<PortableJob> Spread(IReadOnlyList<PortableJob> jobs, Func<PortableJob, bool> takenAlong, Func<PortableJob, PortableJob, PortableCondition?> condition)
    {
        var known = jobs.DistinctBy(j => j.Id).ToDictionary(j => j.Id, StringComparer.Ordinal);
        return [.. jobs.Select(j => takenAlong(j) ? j with { If = PortableCondition.All([j.If, .. Before(known, j).Select(b => condition(j, b))]) } : j)];
    }

    /// <summary>Writes such a platform: the condition that a job must say, and whether it is left out with what it needs.</summary>
    public static (PortableCondition? If, bool TakenAlong) Own(PortablePipeline pipeline, PortableJob job)
    {
        var known = pipeline.Jobs.DistinctBy(j => j.Id).ToDictionary(j => j.Id, StringComparer.Ordinal);
        var inherited = Parts(PortableCondition.All(Before(known, job).Select(b => b.If)));
        var parts = Parts(job.If);
        if (!inherited.All(parts.Contains)) return (job.If, false);
        var own = PortableCondition.All(parts.Except(inherited));
        // only where reading brings the very same back
        return (own is not null && (PortableCondition.All([own, .. inherited])!.Equals(job.If) || inherited.Any(i => i is RawCondition)) ? own : job.If, true);
    }

    /// <summary>Whether one condition surely holds where another does.</summary>
    public static bool Implies(PortableCondition? one, PortableCondition? other) => Parts(other).All(Parts(one).Contains);

    private static IReadOnlyList<PortableCondition> Parts(PortableCondition? condition) => condition switch { null => [], AllOf all => all.Parts, _ => [condition] };

    /// <summary>All that a job needs, however far back.</summary>
    public static IEnumerable<PortableJob> Before(Dictionary<string, PortableJob> known, PortableJob job)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { job.Id };
        var open = new Queue<string>(job.Needs);
        while (open.TryDequeue(out var id))
        {
            if (!seen.Add(id) || !known.TryGetValue(id, out var before)) continue;
            yield return before;
            foreach (var need in before.Needs) open.Enqueue(need);
        }
    }
}
