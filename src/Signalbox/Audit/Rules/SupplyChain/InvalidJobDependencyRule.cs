using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class InvalidJobDependencyRule : Rule, IChecks<Pipeline>
{
    public override RuleInfo Info { get; } = new(
        "invalid-job-dependency", "Job needs an unknown or cyclic job", Theme.SupplyChain, RuleSeverity.High, ["github-actions", "gitlab-ci", "azure-pipelines"],
        "The pipeline will not start", "Name a job of this pipeline in needs, once, and break the circle");

    public void Check(Pipeline pipeline, Report report)
    {
        var comparer = pipeline.Platform == Platform.GitHubActions ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;
        var jobs = new Dictionary<string, Job>(comparer);
        foreach (var job in pipeline.Jobs) jobs.TryAdd(job.Id, job);
        foreach (var job in pipeline.Jobs) Needs(pipeline, job, jobs, report);
        Circles(pipeline, jobs, report);
    }

    private static void Needs(Pipeline pipeline, Job job, Dictionary<string, Job> jobs, Report report)
    {
        var seen = new HashSet<string>(jobs.Comparer);
        foreach (var need in job.Needs)
        {
            if (need.Id.Contains('$')) continue;
            if (!jobs.ContainsKey(need.Id))
            {
                if (!need.Optional && IsComplete(pipeline, report.File.Path) && !report.Repository.IsTakenIn(report.File.Path)) report.At(need.Range, $"job '{YamlQuote.Short(job.Id)}' needs '{YamlQuote.Short(need.Id)}', which is no job of this pipeline");
            }
            else if (!seen.Add(need.Id) && pipeline.Platform == Platform.GitHubActions)
                report.At(need.Range, $"job '{YamlQuote.Short(job.Id)}' needs '{YamlQuote.Short(need.Id)}' twice; names do not differ by case");
        }
    }

    // jobs may come from files that are not here, or the file itself is one that another takes in
    private static bool IsComplete(Pipeline pipeline, string path) =>
        pipeline.Inclusions.Count == 0 && (pipeline.Platform != Platform.GitLab || path[(path.LastIndexOf('/') + 1)..] is ".gitlab-ci.yml" or ".gitlab-ci.yaml");

    /// <summary>One finding for each circle, at the job that is written first.</summary>
    private static void Circles(Pipeline pipeline, Dictionary<string, Job> jobs, Report report)
    {
        var done = new HashSet<Job>(ReferenceEqualityComparer.Instance);
        foreach (var job in pipeline.Jobs)
        {
            if (Circle(job, jobs, done) is not { Count: > 0 } circle) continue;
            var first = circle.MinBy(j => j.Range.Start)!;
            report.At(first.Range, $"jobs wait for each other: {string.Join(" needs ", circle.Append(circle[0]).Select(j => $"'{YamlQuote.Short(j.Id)}'"))}");
        }
    }

    private static List<Job>? Circle(Job start, Dictionary<string, Job> jobs, HashSet<Job> done)
    {
        var path = new List<Job>();
        var open = new Stack<(Job Job, int Next)>([(start, 0)]);
        while (open.TryPop(out var at))
        {
            if (at.Next == 0)
            {
                if (path.IndexOf(at.Job) is >= 0 and var from) { done.UnionWith(path); return path[from..]; }
                if (done.Contains(at.Job)) continue;
                path.Add(at.Job);
            }
            if (at.Next == at.Job.Needs.Count) { done.Add(at.Job); path.RemoveAt(path.Count - 1); continue; }
            open.Push((at.Job, at.Next + 1));
            if (jobs.TryGetValue(at.Job.Needs[at.Next].Id, out var before)) open.Push((before, 0));
        }
        return null;
    }
}
