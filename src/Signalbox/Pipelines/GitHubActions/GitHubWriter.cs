using System.Text.RegularExpressions;
using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Pipelines.GitHubActions.Portable;
using Signalbox.Pipelines.Portable;
using Signalbox.Pipelines.Writing;

namespace Signalbox.Pipelines.GitHubActions;

/// <summary>Writes workflows (docs.github.com, "Workflow syntax for GitHub Actions"). The same pipeline gives the same text.</summary>
public sealed partial class GitHubWriter
{
    private readonly PortablePipeline _pipeline;
    private readonly CarriageLog _log;
    private readonly Dictionary<string, string> _names;

    // first those of the whole pipeline, then those of the job that is written
    private GitHubValues _values;

    private GitHubWriter(PortablePipeline pipeline, CarriageLog log)
    {
        _pipeline = pipeline;
        _log = log;
        _names = Names.Unique(pipeline.Jobs.Select(j => j.Id), JobId);
        _values = new(pipeline, null, [], log);
    }

    /// <summary>What GitHub cannot say is in <paramref name="log"/>, and stands as a comment or a failing step in the text.</summary>
    public static string Write(PortablePipeline pipeline, CarriageLog log) => new GitHubWriter(pipeline, log).Write();

    private string Write()
    {
        var root = new OutMap()
            .Add("name", Plain(_pipeline.Name))
            .Gap().Add("on", Triggers())
            .Gap().Add("permissions", Permissions(_pipeline.Permissions));
        if (_pipeline.Concurrency is { } concurrency) root.Gap().Add("concurrency", Concurrency(concurrency, ExpressionPlace.Concurrency));
        root.Gap().Add("env", _values.Shared([.. _pipeline.Variables, .. Inputs.InShell(_pipeline)], ExpressionPlace.Env));
        var (jobs, whole) = (new OutMap(), _values.Lost);
        foreach (var job in _pipeline.Jobs)
        {
            _values = new(_pipeline, job, job.Needs.Count == 0 ? [.. whole] : [], _log);
            jobs.Gap().Add(_names[job.Id], (YamlOut)Job(job));
        }
        return YamlTreeWriter.Write(root.Gap().Add("jobs", jobs), plainKey: "on");
    }

    private OutMap Triggers()
    {
        var (on, seen) = (new OutMap(), new HashSet<PortableEvent>());
        foreach (var trigger in _pipeline.Triggers)
        {
            var filters = Filters(trigger);
            var name = GitHubConditions.EventName(trigger.Event);
            if (!seen.Add(trigger.Event)) { _log.Left(trigger.Source, $"a second trigger on {name} is not carried", "say in one what starts it"); continue; }
            if (trigger.Event == PortableEvent.Schedule && trigger.Crons.Count == 0) { _log.Left(trigger.Source, "the times of the schedule are not in the file", "on: { schedule: [{ cron: '0 3 * * *' }] }"); continue; }
            _log.Whole(trigger.Source, $"on {name}");
            on.Add(name, trigger.Event == PortableEvent.Schedule ? new OutList([.. trigger.Crons.Select(c => new OutMap().Add("cron", c))]) { Flow = false } : filters);
        }
        if (_pipeline.Inputs.Count > 0 && !_pipeline.Triggers.Any(t => t.Event is PortableEvent.Manual or PortableEvent.Called)) _log.Left(_pipeline.Inputs[0].Source, $"the inputs {string.Join(", ", _pipeline.Inputs.Select(i => i.Name))} are not carried: nobody starts it by hand", "on: { workflow_dispatch: { inputs: … } }");
        if (!on.IsEmpty) return on;
        on.Comment("nothing in the model says what starts it: a person does");
        return on.Add("workflow_dispatch", (YamlOut)new OutMap());
    }

    private OutMap Filters(PortableTrigger trigger)
    {
        var map = new OutMap();
        if (trigger.Event is PortableEvent.Manual or PortableEvent.Called) return map.Add("inputs", InputMap(trigger.Event));
        if (trigger.Event == PortableEvent.Push && (trigger.Branches, trigger.Tags) is ({ Count: 0 }, { Count: 0 }))
        {
            _log.Left(trigger.Source, "a push of neither a branch nor a tag starts nothing");
            return map.Add("branches-ignore", ["**"]);
        }
        var branches = trigger.Branches is { Count: > 0 } named ? [.. named.Select(Pattern), .. trigger.IgnoredBranches.Select(b => "!" + Pattern(b))] : trigger.Branches;
        map.Add("branches", List(branches, trigger.Event == PortableEvent.Push && trigger.Branches is null && trigger.Tags is not null && trigger.IgnoredBranches.Count == 0));
        map.Add("tags", List(trigger.Tags?.Select(Pattern).ToList(), trigger.Event == PortableEvent.Push && trigger.Tags is null && (trigger.Branches is not null || trigger.IgnoredBranches.Count > 0)));
        if (trigger.Branches is null) map.Add("branches-ignore", trigger.IgnoredBranches.Select(Pattern));
        if (trigger.Paths.Count == 0) return map.Add("paths-ignore", trigger.IgnoredPaths);
        return map.Add("paths", [.. trigger.Paths, .. trigger.IgnoredPaths.Select(p => "!" + p)]);
    }

    // what is itself in the model and not on GitHub
    private static string Pattern(string glob) => RefGlob.Outside(glob, o => Signs().Replace(o, @"\$0"));

    // where one filter is named GitHub takes the other for none
    private static OutList? List(IReadOnlyList<string>? patterns, bool all) => all ? OutList.Of(["**"]) : patterns is { Count: > 0 } ? OutList.Of(patterns) : null;

    private OutMap InputMap(PortableEvent e)
    {
        var map = new OutMap();
        foreach (var input in _pipeline.Inputs)
        {
            // GitHub takes no choice without a text
            if (e == PortableEvent.Manual && input.Choices.Contains("")) _log.Left(input.Source, $"the empty choice of {input.Name} is not carried", "a word that the script reads as none", Concern.Start);
            var choices = e == PortableEvent.Manual ? input.Choices.Where(c => c.Length > 0).ToList() : [];
            map.Add(Names.Axis(input.Name), (YamlOut)new OutMap()
                .Add("description", Plain(input.Description)).Add("required", input.Required)
                .Add("type", input.IsBoolean ? "boolean" : choices.Count > 0 ? "choice" : "string")
                .Add("options", choices)
                .Add("default", input.Default is not { } value ? null : input.IsBoolean && value is "true" or "false" ? new OutPlain(value) : new OutText(Literal(value))));
        }
        return map;
    }

    private static YamlOut? Permissions(PortablePermissions? permissions)
    {
        if (permissions is null) return null;
        if (permissions.All is { } all) return all == Access.None ? new OutMap() : new OutText(all == Access.Write ? "write-all" : "read-all");
        var map = new OutMap();
        foreach (var (name, access) in permissions.Scopes) map.Add(name, access.ToString().ToLowerInvariant());
        return map;
    }

    private OutMap Concurrency(PortableConcurrency concurrency, ExpressionPlace place) => new OutMap()
        .Add("group", _values.Text(concurrency.Group, place, concurrency.Source) ?? "${{ github.workflow }}-${{ github.ref }}")
        .Add("cancel-in-progress", concurrency.CancelsRunning);

    private OutMap Job(PortableJob job)
    {
        var map = new OutMap().Add("name", Plain(job.Name ?? (_names[job.Id] == job.Id ? null : job.Id)));
        _log.Whole(job.Source, $"job {job.Id}");
        map.Add("needs", job.Needs.Select(n => _names.GetValueOrDefault(n, JobId(n))));
        map.Add("if", Condition(job));
        var file = job.Calls is { Platform: Platform.GitHubActions } own ? own.Uses : CalledFile.On(Platform.GitHubActions, job.Calls, ".github/workflows", _log) is { } called ? "./" + called : null;
        if (file is not null && job.Calls is { } calls && _values.Lost.Count == 0 && job.Variables.Count == 0)
            return map.Add("permissions", Permissions(job.Permissions)).Add("concurrency", job.Concurrency is { } one ? (YamlOut)Concurrency(one, ExpressionPlace.JobConcurrency) : null).Add("strategy", Strategy(job.Matrix)).Add("uses", file).Add("with", _values.Variables(calls.Inputs, ExpressionPlace.JobWith));
        map.Add("runs-on", Runner(job));
        map.Add("permissions", Permissions(job.Permissions));
        if (job.Environment is { } environment) map.Add("environment", Environment(environment));
        if (job.Concurrency is { } concurrency) map.Add("concurrency", Concurrency(concurrency, ExpressionPlace.JobConcurrency));
        map.Add("timeout-minutes", job.Timeout is { } time ? (long)Math.Ceiling(time.TotalMinutes) : null);
        if (job.FailureIgnored) map.Add("continue-on-error", true);
        if (job.Retries > 0) _log.Changed(job.Source, $"job {job.Id}: each of its scripts is tried again, not the job");
        map.Add("strategy", Strategy(job.Matrix));
        if (job.Container is { } container) map.Add("container", Image(container, ExpressionPlace.JobContainer));
        if (job.Container is null)
            foreach (var service in job.Services.Where(s => s.Ports.Count == 0)) _log.Changed(service.Source, $"the service {service.Image} is at localhost, where its port is mapped", "ports: ['5432:5432'], or a container: for the job");
        var services = new OutMap();
        foreach (var (service, i) in job.Services.Select((s, i) => (s, i))) services.Add(service.Alias is { } alias ? JobId(alias) : $"service-{i + 1}", (YamlOut)Image(DockerService.Started(service, job, _pipeline, _values.Lost, _log), ExpressionPlace.JobServices));
        map.Add("services", services).Add("outputs", _values.Variables(job.Outputs, ExpressionPlace.JobOutputs)).Add("env", _values.Shared(_values.OfJob, ExpressionPlace.JobEnv));
        return map.Add("steps", new OutList(new GitHubStepWriter(job, d => ArtifactRoot.Of(_pipeline, d.ArtifactName), _values, _log).Steps()));
    }

    private string? Condition(PortableJob job)
    {
        var (own, takenAlong) = Skipping.Own(_pipeline, job);
        var text = GitHubConditions.Write(job.When, takenAlong, Renamed(own), r => _values.Compared(r, ExpressionPlace.JobIf), out var problem);
        if (problem is not null)
        {
            _values.Lost.Add($"the condition of job {job.Id} could not be carried: {problem}");
            _log.Left(job.Source, $"job {job.Id}: its condition is not carried: {problem}", "write it as an expression, and take the failing step out");
        }
        foreach (var name in (problem is null ? own : null)?.Everything().OfType<ValueIs>().Where(v => v.Reference.Kind == ReferenceKind.Variable).Select(v => v.Reference.Name).Distinct() ?? [])
            _log.Changed(job.Source, $"job {job.Id}: its condition looks at {name} in the repository's settings, and at its value in the file where it is not set there", $"Settings > Secrets and variables > Actions > Variables: {name}");
        if (!job.Manual || job.Environment is not null) { if (job.Manual) _log.Changed(job.Source, $"job {job.Id}: started by a person", "protect the environment with required reviewers in the repository's settings"); return text; }
        _log.Left(job.Source, $"job {job.Id}: GitHub has no job that a person starts", "give it an environment with required reviewers");
        _values.Lost.Add($"job {job.Id} was started by a person: give it an environment with required reviewers");
        return text;
    }

    private PortableCondition? Renamed(PortableCondition? condition) =>
        condition?.Map(f => f is ResultIs result ? result with { Job = _names.GetValueOrDefault(result.Job, JobId(result.Job)) } : f);

    private YamlOut Runner(PortableJob job)
    {
        var foreign = !job.Runner.SelfHosted && job.Runner.Of is { } of && of != Platform.GitHubActions && !job.Runner.Labels.All(l => MatrixValues.Are(l, job.Matrix, HostedName()));
        if (foreign && MatrixValues.OtherSystems(job) is { Count: > 0 } others)
        {
            var named = string.Join(", ", others);
            _log.Left(job.Source, $"job {job.Id}: the combinations on {named} are not carried: all would run on one machine", "runs-on: with an axis that names a machine for each");
            _values.Lost.Add($"its combinations on {named} need a machine of their own");
        }
        else if (foreign) _log.Changed(job.Source, $"job {job.Id}: GitHub's own machine instead of {string.Join(", ", job.Runner.Labels)}");
        var labels = foreign ? [] : job.Runner.Labels.Select(l => _values.Text(l, ExpressionPlace.JobRunsOn, job.Source)).OfType<string>().ToList();
        if (job.Runner.SelfHosted) labels.Insert(0, "self-hosted");
        if (labels.Count == 0) labels.Add(job.Runner.System switch { RunnerSystem.Windows => "windows-latest", RunnerSystem.MacOs => "macos-latest", _ => "ubuntu-latest" });
        if (job.Runner.SelfHosted && labels.Count > 1) _log.Changed(job.Source, $"job {job.Id}: runs on machines of your own labelled {string.Join(", ", labels.Skip(1))}", "register runners with these labels");
        return labels is [var only] ? new OutText(only) : OutList.Of(labels);
    }

    private YamlOut Environment(PortableEnvironment environment) => _values.Text(environment.Url, ExpressionPlace.JobEnvironmentUrl, environment.Source) is { } url
        ? new OutMap().Add("name", _values.Text(environment.Name, ExpressionPlace.JobEnvironment, environment.Source)).Add("url", url)
        : new OutText(_values.Text(environment.Name, ExpressionPlace.JobEnvironment, environment.Source) ?? "environment");

    private OutMap Strategy(PortableMatrix? matrix)
    {
        var map = new OutMap();
        if (matrix is null) return map;
        if (!matrix.StopsAtFailure) map.Add("fail-fast", false);
        map.Add("max-parallel", matrix.MostParallel);
        var axes = new OutMap();
        foreach (var (name, values) in matrix.Axes) axes.Add(Names.Axis(name), new OutList([.. values.Select(v => new OutText(Literal(v)))]));
        return map.Add("matrix", axes.Add("include", Pairs(matrix.Include)).Add("exclude", Pairs(matrix.Exclude)));
    }

    private static List<YamlOut> Pairs(IReadOnlyList<IReadOnlyList<(string Name, string Value)>> combinations)
    {
        var list = new List<YamlOut>();
        foreach (var combination in combinations)
        {
            var map = new OutMap();
            foreach (var (name, value) in combination) map.Add(Names.Axis(name), Literal(value));
            list.Add(map);
        }
        return list;
    }

    private OutMap Image(PortableImage image, ExpressionPlace place) => new OutMap()
        .Add("image", _values.Text(image.Image, place, image.Source)).Add("env", _values.Variables(image.Variables, ExpressionPlace.JobContainerEnv)).Add("ports", image.Ports.Select(Literal)).Add("options", Plain(image.Options));

    private static string? Plain(string? text) => text is null ? null : Literal(text);

    private static string Literal(string text) => GitHubReferences.Literal(text);

    private static string JobId(string name)
    {
        var made = NotInId().Replace(name, "-").Trim('-');
        return made.Length == 0 || !(char.IsAsciiLetter(made[0]) || made[0] == '_') ? "job-" + made : made;
    }

    [GeneratedRegex(@"\A(ubuntu|windows|macos)-[a-z0-9.]+\z", RegexOptions.IgnoreCase)]
    private static partial Regex HostedName();

    [GeneratedRegex(@"[?+\[\]\\]")]
    private static partial Regex Signs();

    [GeneratedRegex("[^A-Za-z0-9_-]+")]
    private static partial Regex NotInId();
}
