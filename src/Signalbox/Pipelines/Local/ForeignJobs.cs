using Signalbox.Delivery;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Local;

/// <summary>Something of another platform's pipeline that cannot be run here, or is another here.</summary>
/// <param name="Job">Its name; <see cref="ForeignJobs.All"/> where it is no single one's.</param>
/// <param name="What">A step, a condition, a service: what it is and why it is not run.</param>
/// <param name="IsAside">Whether what the run proves stays the same: a person is told, and nothing is refused.</param>
internal sealed record NotRunHere(string Job, string What, TextRange Range, bool IsAside = false);

/// <summary>
/// Jobs of a GitHub workflow or a GitLab CI file as far as they are plain commands, from the same reading that converts them.
/// What is no command is either known to be there already (a checkout), looked for (a language that a step would set up), or named as not run.
/// </summary>
internal sealed class ForeignJobs
{
    /// <summary>The name of what concerns every job.</summary>
    public const string All = "the pipeline";

    private readonly Pipeline _read;
    private readonly PortablePipeline _pipeline;
    private readonly Func<string, bool> _isInstalled;
    private readonly bool _designed;
    private readonly IReadOnlySet<string> _parts;
    private readonly ILookup<string, NotRunHere> _lost;
    private readonly HashSet<string> _leftOut;
    private readonly List<NotRunHere> _notRun = [];

    private ForeignJobs(Pipeline read, PortablePipeline pipeline, IEnumerable<CarriageNote> notes, IReadOnlySet<string> parts, Func<string, bool> isInstalled, bool designed)
    {
        (_read, _pipeline, _parts, _isInstalled, _designed) = (read, pipeline, parts, isInstalled, designed);
        _lost = notes.Where(note => note.Concern != Concern.Start).Select(Lost).ToLookup(lost => lost.Job, StringComparer.Ordinal);
        _leftOut = [.. pipeline.Jobs.Where(job => Bars(job).Any()).Select(job => job.Id)];
        // what is left out leaves out what needs it, however long the chain
        while (pipeline.Jobs.FirstOrDefault(job => !_leftOut.Contains(job.Id) && Lacks(job) is not null) is { } next) _leftOut.Add(next.Id);
    }

    /// <param name="read">As it is written.</param>
    /// <param name="pipeline">What it means.</param>
    /// <param name="notes">What the reading has left out or changed.</param>
    /// <param name="parts">The jobs that extend what is not in the file.</param>
    /// <param name="isInstalled">Whether a program is on this machine.</param>
    /// <param name="designed">Whether every word of it is by <c>design</c>: then it is known what its checks make.</param>
    public static (IReadOnlyList<PipelineJob> Jobs, IReadOnlyList<NotRunHere> NotRun) Of(
        Pipeline read, PortablePipeline pipeline, IEnumerable<CarriageNote> notes, IReadOnlySet<string> parts, Func<string, bool> isInstalled, bool designed)
    {
        var reader = new ForeignJobs(read, pipeline, notes, parts, isInstalled, designed);
        reader._notRun.AddRange(reader._lost[All]);
        var jobs = pipeline.Jobs.Select(reader.Read).ToList();
        return ([.. jobs.Select(job => job.Outputs is { } made && jobs.Any(other => other != job && Clash(made, other.Tests)) ? job with { Outputs = null } : job)], reader._notRun);
    }

    /// <summary>Whether two jobs keep the same files: here one would take the other's for its own.</summary>
    private static bool Clash(IReadOnlyList<string> mine, IReadOnlyList<string> its) => mine.Select(PathGlob.Parse).Any(glob => its.Any(other => glob.Clashes(PathGlob.Parse(other))));

    /// <summary>A note of the reading, which speaks of carrying a job elsewhere.</summary>
    private NotRunHere Lost(CarriageNote note)
    {
        var job = note.Place is { } place ? _read.Jobs.FirstOrDefault(job => job.Body.Contains(place.Start))?.Id : null;
        var what = job is not null && note.What.StartsWith($"job {job}: ", StringComparison.Ordinal) ? note.What[$"job {job}: ".Length..] : note.What;
        what = what.Replace("is not carried", "is left out here", StringComparison.Ordinal).Replace("are not carried", "are left out here", StringComparison.Ordinal);
        return new(job ?? All, note.Nearest is { } nearest ? $"{what}; nearest: {nearest}" : what, note.Place ?? _read.Range, note.Concern == Concern.Frame);
    }

    private PipelineJob Read(PortableJob job)
    {
        void Say(string what, TextRange range, bool aside) => _notRun.Add(new(job.Id, what, range == default ? job.Source : range, aside));
        void Not(string what, TextRange range) => Say(what, range, aside: false);
        void Aside(string what, TextRange range) => Say(what, range, aside: true);
        var (written, before) = (_read.Job(job.Id), _notRun.Count);
        foreach (var (what, range) in Bars(job)) Not(what, range);
        if (_notRun.Count == before && Lacks(job) is { } need) Not($"needs {need}, of which nothing is run here", job.Source);
        foreach (var service in job.Services) Not($"service {service.Image} is not started", service.Source);
        if (written?.Matrix is not null && job.Matrix is not { Include.Count: 0, Exclude.Count: 0 }) Not("its matrix is more than lists of texts", written.Matrix.Range);
        var script = new ForeignScript(_read.Platform, [.. job.Container?.Variables ?? [], .. _pipeline.Variables, .. job.Variables], _pipeline.Inputs, _isInstalled, Not, Aside);
        var run = ForeignScript.Nothing;
        // of what is not begun nothing else need be said
        if (!_leftOut.Contains(job.Id))
        {
            _notRun.AddRange(_lost[job.Id]);
            foreach (var absent in written?.Needs.Where(other => !other.Optional && _pipeline.Job(other.Id) is null) ?? []) Not($"needs {absent.Id}, which is not in this file", absent.Range);
            if (job.IdentityTokens.Count > 0) Not($"is given no identity token here: {string.Join(", ", job.IdentityTokens.Select(token => token.Name))}", job.Source);
            if (job.Container is { Options: { Length: > 0 } options } with) Aside($"its container is started without the options {YamlQuote.Short(options)}", with.Source);
            if (job.Container is { Ports.Count: > 0 } open) Aside($"its container opens no ports here: {string.Join(", ", open.Ports)}", open.Source);
            run = script.Of(job);
        }
        var kept = Kept(job);
        return new()
        {
            Name = job.Id,
            Run = run,
            Needs = [.. job.Needs.Where(need => _pipeline.Job(need) is not null)],
            Environment = script.Environment,
            Timeout = job.Timeout ?? TimeSpan.FromHours(6),
            Retries = Math.Clamp(job.Retries, 0, 10),
            FailureIgnored = job.FailureIgnored,
            Matrix = [.. (IsFew(job) ? job.Matrix?.Axes ?? [] : []).Select(axis => new MatrixAxis(Names.Variable(axis.Name), axis.Values))],
            Image = job.Container?.Image.Literal,
            Outputs = _designed && kept is { Count: > 0 } && !_lost[All].Concat(_notRun.Skip(before)).Any(not => !not.IsAside) && IsCheck(job) && !script.StartsContainers && !script.Environment.Values.Any(variable => variable.Secret) ? kept : null,
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
        if (job.Container is { Image.IsLiteral: false } container) yield return ($"the image {container.Image} takes a value of the platform, so it is not known what it runs in", container.Source);
        if (!IsFew(job)) yield return ($"its matrix has more than {MatrixAxis.MostCombinations} combinations", _read.Job(job.Id)?.Matrix?.Range ?? job.Source);
        // what is not there may hold its condition, or the environment that it is for
        if (_parts.Contains(job.Id)) yield return ("extends what is not in this file; nearest: bring it into the file", job.Source);
    }

    private static bool IsFew(PortableJob job) => job.Matrix is null or { IsFew: true };

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
