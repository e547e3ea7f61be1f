using Signalbox.Delivery;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Local;

/// <summary>Something of another platform's pipeline that cannot be run here.</summary>
/// <param name="What">A step, a condition, a service: what it is and why it is not run.</param>
internal sealed record NotRunHere(string Job, string What, TextRange Range);

/// <summary>
/// Jobs of a GitHub workflow or a GitLab CI file as far as they are plain commands, from the same reading that converts them.
/// What is no command is either known to be there already (a checkout), looked for (a language that a step would set up), or named as not run.
/// </summary>
internal sealed class ForeignJobs
{
    private readonly Pipeline _read;
    private readonly PortablePipeline _pipeline;
    private readonly Func<string, bool> _isInstalled;
    private readonly bool _designed;
    private readonly HashSet<string> _leftOut;
    private readonly List<NotRunHere> _notRun = [];

    private ForeignJobs(Pipeline read, PortablePipeline pipeline, Func<string, bool> isInstalled, bool designed)
    {
        (_read, _pipeline, _isInstalled, _designed) = (read, pipeline, isInstalled, designed);
        _leftOut = [.. pipeline.Jobs.Where(job => Bars(job).Any()).Select(job => job.Id)];
        // what is left out leaves out what needs it, however long the chain
        while (pipeline.Jobs.FirstOrDefault(job => !_leftOut.Contains(job.Id) && Lacks(job) is not null) is { } next) _leftOut.Add(next.Id);
    }

    /// <param name="read">As it is written.</param>
    /// <param name="pipeline">What it means.</param>
    /// <param name="isInstalled">Whether a program is on this machine.</param>
    /// <param name="designed">Whether every word of it is by <c>design</c>: then it is known what its checks make.</param>
    public static (IReadOnlyList<PipelineJob> Jobs, IReadOnlyList<NotRunHere> NotRun) Of(Pipeline read, PortablePipeline pipeline, Func<string, bool> isInstalled, bool designed)
    {
        var reader = new ForeignJobs(read, pipeline, isInstalled, designed);
        foreach (var inclusion in read.Inclusions) reader._notRun.Add(new("the pipeline", $"includes {inclusion.Source}", inclusion.Range));
        var jobs = pipeline.Jobs.Select(reader.Read).ToList();
        return ([.. jobs.Select(job => job.Outputs is { } made && jobs.Any(other => other != job && Clash(made, other.Tests)) ? job with { Outputs = null } : job)], reader._notRun);
    }

    /// <summary>Whether two jobs keep the same files: here one would take the other's for its own.</summary>
    private static bool Clash(IReadOnlyList<string> mine, IReadOnlyList<string> its) => mine.Select(PathGlob.Parse).Any(glob => its.Any(other => glob.Clashes(PathGlob.Parse(other))));

    private PipelineJob Read(PortableJob job)
    {
        void Not(string what, TextRange range) => _notRun.Add(new(job.Id, what, range == default ? job.Source : range));
        var (written, before) = (_read.Job(job.Id), _notRun.Count);
        foreach (var (what, range) in Bars(job)) Not(what, range);
        if (_notRun.Count == before && Lacks(job) is { } need) Not($"needs {need}, of which nothing is run here", job.Source);
        foreach (var service in job.Services) Not($"service {service.Image} is not started", service.Source);
        if (written?.Matrix is not null && job.Matrix is not { Include.Count: 0, Exclude.Count: 0 }) Not("its matrix is more than lists of texts", written.Matrix.Range);
        if (job.Container is { Image.IsLiteral: false } container) Not($"the image {container.Image} takes a value of the platform", container.Source);
        var script = new ForeignScript(_read.Platform, [.. _pipeline.Variables, .. job.Variables], _isInstalled, Not);
        var run = _leftOut.Contains(job.Id) ? ForeignScript.Nothing : script.Of(job);
        var kept = Kept(job);
        return new()
        {
            Name = job.Id,
            Run = run,
            Needs = [.. job.Needs.Where(need => _pipeline.Job(need) is not null)],
            Environment = script.Environment,
            Timeout = job.Timeout ?? TimeSpan.FromHours(6),
            Retries = Math.Clamp(job.Retries, 0, 10),
            Matrix = [.. (job.Matrix?.Axes ?? []).Select(axis => new MatrixAxis(Names.Variable(axis.Name), axis.Values))],
            Image = job.Container?.Image.Literal,
            Outputs = _designed && kept is { Count: > 0 } && _notRun.Count == before && IsCheck(job) && !script.StartsContainers && !script.Environment.Values.Any(variable => variable.Secret) ? kept : null,
            Tests = kept ?? [],
            When = job.Manual ? JobWhen.Manual : job.When switch { RunsWhen.Succeeded => JobWhen.Success, RunsWhen.Failed => JobWhen.Failure, _ => JobWhen.Always },
        };
    }

    /// <summary>Why no step of a job may run: a condition or an environment keeps deployments from where they do not belong.</summary>
    private IEnumerable<(string What, TextRange Range)> Bars(PortableJob job)
    {
        if (job.Calls is { } called) yield return ($"calls {called.Uses}", called.Source);
        if (job.Runner.System != RunnerSystem.Linux) yield return ($"runs on {string.Join(", ", job.Runner.Labels)}, not on Linux", job.Source);
        var condition = _read.Job(job.Id)?.Condition;
        if (!Holds(job.If)) yield return ($"its condition is not decided here{(condition is not null ? $": {YamlQuote.Short(condition.Text)}" : "")}", condition?.Range ?? job.Source);
        if (job.Environment is { } environment) yield return ($"is for the environment {environment.Name}", environment.Source);
    }

    /// <summary>The job that is left out though this one needs its success, or null.</summary>
    private string? Lacks(PortableJob job) => job.When == RunsWhen.Succeeded ? job.Needs.FirstOrDefault(_leftOut.Contains) : null;

    /// <summary>Patterns of the files that a job keeps or shows reports of: on its platform all that is left of it. Null where one is no path of this directory.</summary>
    private static IReadOnlyList<string>? Kept(PortableJob job)
    {
        var paths = job.Steps.SelectMany(step => step switch { UploadStep upload => upload.Paths, ReportStep report => report.Paths, _ => [] }).ToList();
        return paths.All(path => path.Literal is { } text && PathGlob.TryParse(text, out _)) ? [.. paths.Select(path => path.Literal!)] : null;
    }

    /// <summary>Whether a designed job only builds and tests: it stands under no condition, and delivers nothing.</summary>
    private static bool IsCheck(PortableJob job) =>
        job.If is null && job is { Environment: null, Calls: null, Services.Count: 0 } && job.Steps.All(step => step is CheckoutStep or SetupStep or RunStep or UploadStep or ReportStep);

    /// <summary>Whether a condition surely holds: what is run here is no proposed change, and neither the clock nor another pipeline starts it.</summary>
    internal static bool Holds(PortableCondition? condition) => condition switch
    {
        null or Not { Part: EventIs { Event: PortableEvent.PullRequest or PortableEvent.Schedule or PortableEvent.Called } } => true,
        AllOf all => all.Parts.All(Holds),
        AnyOf any => any.Parts.Any(Holds),
        _ => false,
    };
}
