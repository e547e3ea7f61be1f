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
    private readonly List<NotRunHere> _notRun = [];

    private ForeignJobs(Pipeline read, PortablePipeline pipeline) => (_read, _pipeline) = (read, pipeline);

    /// <param name="read">As it is written.</param>
    /// <param name="pipeline">What it means.</param>
    public static (IReadOnlyList<PipelineJob> Jobs, IReadOnlyList<NotRunHere> NotRun) Of(Pipeline read, PortablePipeline pipeline)
    {
        var reader = new ForeignJobs(read, pipeline);
        foreach (var inclusion in read.Inclusions) reader._notRun.Add(new("the pipeline", $"includes {inclusion.Source}", inclusion.Range));
        IReadOnlyList<PipelineJob> jobs = [.. pipeline.Jobs.Select(reader.Read)];
        return (jobs, reader._notRun);
    }

    private PipelineJob Read(PortableJob job)
    {
        void Not(string what, TextRange range) => _notRun.Add(new(job.Id, what, range == default ? job.Source : range));
        var written = _read.Job(job.Id);
        if (job.Calls is { } called) Not($"calls {called.Uses}", called.Source);
        foreach (var service in job.Services) Not($"service {service.Image} is not started", service.Source);
        if (job.Runner.System != RunnerSystem.Linux) Not($"runs on {string.Join(", ", job.Runner.Labels)}, not on Linux", job.Source);
        if (!Holds(job.If)) Not($"its condition is not decided here{(written?.Condition is { } said ? $": {YamlQuote.Short(said.Text)}" : "")}", written?.Condition?.Range ?? job.Source);
        if (written?.Matrix is not null && job.Matrix is not { Include.Count: 0, Exclude.Count: 0 }) Not("its matrix is more than lists of texts", written.Matrix.Range);
        if (job.Container is { Image.IsLiteral: false } container) Not($"the image {container.Image} takes a value of the platform", container.Source);
        var script = new ForeignScript(_read.Platform, [.. _pipeline.Variables, .. job.Variables], Not);
        return new()
        {
            Name = job.Id,
            Run = script.Of(job),
            Needs = [.. job.Needs.Where(need => _pipeline.Job(need) is not null)],
            Environment = script.Environment,
            Timeout = job.Timeout ?? TimeSpan.FromHours(6),
            Retries = Math.Clamp(job.Retries, 0, 10),
            Matrix = [.. (job.Matrix?.Axes ?? []).Select(axis => new MatrixAxis(Names.Variable(axis.Name), axis.Values))],
            Image = job.Container?.Image.Literal,
            When = job.Manual ? JobWhen.Manual : job.When switch { RunsWhen.Succeeded => JobWhen.Success, RunsWhen.Failed => JobWhen.Failure, _ => JobWhen.Always },
        };
    }

    /// <summary>Whether a condition surely holds: what is run here is no proposed change, and neither the clock nor another pipeline starts it.</summary>
    internal static bool Holds(PortableCondition? condition) => condition switch
    {
        null or Not { Part: EventIs { Event: PortableEvent.PullRequest or PortableEvent.Schedule or PortableEvent.Called } } => true,
        AllOf all => all.Parts.All(Holds),
        AnyOf any => any.Parts.Any(Holds),
        _ => false,
    };
}
