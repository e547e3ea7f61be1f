using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.AzurePipelines.Portable;

/// <summary>The meaning of jobs.</summary>
internal sealed class AzureJobImport
{
    private static readonly string[] s_keys =
    [
        "job", "deployment", "displayName", "dependsOn", "condition", "pool", "steps", "variables", "strategy", "environment", "container", "services", "timeoutInMinutes", "continueOnError", "cancelTimeoutInMinutes", "workspace",
    ];

    private readonly YamlMapping _root;
    private readonly AzureStages _stages;
    private readonly AzureInsertions _insertions;
    private readonly IReadOnlySet<string> _declared;
    private readonly IReadOnlyList<Variable> _variables;
    private readonly CarriageLog _log;
    private readonly Dictionary<string, string> _names;

    /// <summary>Whether a job keeps an artifact of the pipeline.</summary>
    private readonly bool _keeps;

    public AzureJobImport(YamlMapping root, AzureStages stages, AzureInsertions insertions, IReadOnlySet<string> declared, Pipeline pipeline, CarriageLog log)
    {
        (_root, _stages, _insertions, _declared, _variables, _log) = (root, stages, insertions, declared, [.. pipeline.Variables], log);
        var jobs = pipeline.Jobs;
        _keeps = jobs.Any(j => j.Steps.Any(s => s.Uses is { Name: "publish" } || s.Uses?.Is("PublishPipelineArtifact") == true));
        // a job's name alone where no other stage has the same
        var same = jobs.Select(j => Short(j.Id)).GroupBy(n => n, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        _names = Names.Unique(jobs.Select(j => j.Id), id => same.Contains(Short(id)) ? id.Replace('.', '_') : Short(id));
    }

    private static string Short(string id) => id[(id.LastIndexOf('.') + 1)..];

    /// <summary>All jobs. One that is left out takes those of its stage along that need it; a stage that is left out those of the stages that need it.</summary>
    public IReadOnlyList<PortableJob> ReadAll(IEnumerable<Job> jobs)
    {
        var read = jobs.Select(j => (Job: Read(j, out var takenAlong), Along: takenAlong, j.Stage, Left: AzureConditions.Read([.. Said(_stages.Owner(j.Node!))]).If)).ToList();
        var by = read.DistinctBy(r => r.Job.Id).ToDictionary(r => r.Job.Id, StringComparer.Ordinal);
        return Skipping.Spread([.. read.Select(r => r.Job)], j => j.When == RunsWhen.Succeeded && by[j.Id].Along,
            (job, before) => by[job.Id].Stage == by[before.Id].Stage ? before.If : by[before.Id].Left);
    }

    private static IEnumerable<string> Said(YamlMapping? node) => node.Text("condition") is { } text ? [text] : [];

    private PortableJob Read(Job job, out bool takenAlong)
    {
        var node = job.Node!;
        var stage = _stages.Owner(node);
        var id = _names[job.Id];
        foreach (var entry in node.Entries().Where(e => !ReferenceEquals(node, _root) && !s_keys.Contains(e.Key.Value))) _log.Left(entry.Range, $"job {id}: {entry.Key.Value}: is not carried");
        var axes = (job.Matrix?.Node).Entries().SelectMany(c => c.Value.Entries()).Select(v => v.Key.Value).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var references = new AzureReferences(_declared, axes);
        (var when, takenAlong, var condition) = Condition(job, node, stage);
        foreach (var strategy in node.Get("strategy").Entries().Where(e => e.Key.Value is "rolling" or "canary")) _log.Changed(strategy.Key.Range, $"job {id}: it deploys in one step, not {strategy.Key.Value}", "a rollout of Signalbox's own");
        if (!ReferenceEquals(node, _root)) AzureImport.Elsewhere(node.Get("variables"), _log);
        if (stage is not null && ReferenceEquals(AzureList.Of(stage.Get("jobs")).FirstOrDefault()?.Node, node)) AzureImport.Elsewhere(stage.Get("variables"), _log);
        if (node.Entry("deployment") is { } deployment && _keeps && job.Needs.Count > 0 && !job.Steps.Any(s => s.Node.Get("download") is not null))
            _log.Left(deployment.Range, $"job {id}: the artifacts that a deployment takes by itself, each into $(Pipeline.Workspace)/NAME, are not carried", "a step that brings each that it uses, or download: none");
        if (job.Retry is { } retry) _log.Changed(retry.Range, $"job {id}: all of it is tried again, not the step alone");
        if (job.Manual is { } manual) _log.Changed(manual, $"job {id}: a person starts it");
        return new()
        {
            Id = id,
            Name = job.Name,
            Needs = [.. job.Needs.Select(n => _names.GetValueOrDefault(n.Id, n.Id)).Distinct()],
            When = when,
            If = PortableCondition.All(Renamed(condition, job.Stage), _insertions.Condition(node)),
            Manual = job.Manual is not null,
            Runner = Runner(job, (node.Get("pool") ?? stage.Get("pool") ?? _root.Get("pool")).Get("demands"), references),
            Environment = job.Environment is { Name: { } name } environment ? new(references.Read(name), null, environment.Range) : null,
            Variables = AzureImport.Variables([.. AzureJobReader.Variables(stage.Get("variables")), .. ReferenceEquals(node, _root) ? [] : job.Variables], references),
            Container = Image(node.Get("container"), null, references),
            Services = [.. node.Get("services").Entries().Select(e => Image(e.Value, e.Key.Value, references)).OfType<PortableImage>()],
            Matrix = Matrix(job, node),
            Timeout = job.Timeout,
            FailureIgnored = Ignored(job.FailureIgnored),
            Retries = job.Retry?.Count ?? 0,
            Steps = new AzureStepImport(references, Runner(job, null, references).System == RunnerSystem.Windows, _insertions, _log).ReadAll(job),
            Source = job.Range,
        };
    }

    private (RunsWhen When, bool TakenAlong, PortableCondition? If) Condition(Job job, YamlMapping node, YamlMapping? stage)
    {
        string[] outer = [.. Said(stage)];
        if (node.Get("dependsOn") is null || outer.Length == 0) return AzureConditions.Read([.. outer, .. Said(node)]);
        // what waits for another job of its stage looks at the end of that one
        var (first, (when, along, condition)) = (AzureConditions.Read(outer), AzureConditions.Read([.. Said(node)]));
        if (first.When < when) _log.Changed(job.Range, $"job {_names[job.Id]}: it also runs after a failure of an earlier stage");
        return (when, along, PortableCondition.All(first.If, condition));
    }

    private PortableCondition? Renamed(PortableCondition? condition, string? stage) =>
        condition?.Map(f => f is ResultIs result ? result with { Job = _names.GetValueOrDefault(stage is null ? result.Job : $"{stage}.{result.Job}", result.Job) } : f);

    private bool Ignored(Leniency? leniency)
    {
        if (leniency is { Always: false }) _log.Left(leniency.Range, "continueOnError by an expression is not carried", "say true or false");
        return leniency is { Always: true };
    }

    private PortableRunner Runner(Job job, YamlNode? demands, AzureReferences references)
    {
        if (job.Runner.Count == 0 || job.Runner is [{ Name: "ubuntu-latest" }]) return PortableRunner.Default;
        var name = job.Runner[0].Name;
        // an image that a variable of the file names
        if (references.Read(name).Parts is [{ Reference: { Kind: ReferenceKind.Variable, Name: { } variable } }])
            name = _variables.Concat(AzureJobReader.Variables(_stages.Owner(job.Node!).Get("variables"))).Concat(job.Variables).LastOrDefault(v => v.Name.Equals(variable, StringComparison.OrdinalIgnoreCase))?.Value ?? name;
        var system = name.StartsWith("win", StringComparison.OrdinalIgnoreCase) || name.StartsWith("vs20", StringComparison.OrdinalIgnoreCase) ? RunnerSystem.Windows : name.StartsWith("mac", StringComparison.OrdinalIgnoreCase) ? RunnerSystem.MacOs : RunnerSystem.Linux;
        return new(system, [.. job.Runner.Select(r => r.Name).Concat(demands.ItemsOrSelf().Select(d => d.Text()).OfType<string>()).Select(l => references.Read(l))], job.SelfHosted == true, job.SelfHosted == true ? null : Platform.AzurePipelines);
    }

    private PortableImage? Image(YamlNode? node, string? alias, AzureReferences references)
    {
        if (node.Text() is { } named && _root.Get("resources", "containers").Items().FirstOrDefault(c => c.Text("container") == named) is { } resource) node = resource;
        if ((node.Text() ?? node.Text("image")) is not { } image) return null;
        foreach (var other in node.Entries().Where(e => e.Key.Value is "endpoint" or "volumes" or "mountReadOnly" or "trigger")) _log.Left(other.Range, $"{other.Key.Value}: of the image {image} is not carried");
        return new(references.Read(image), alias)
        {
            Variables = AzureImport.Variables(GitHubJobReader.Variables(node.Get("env")), references),
            Ports = [.. node.Get("ports").Items().Select(p => p.Text()).OfType<string>()],
            Options = node.Text("options"),
            Source = node!.Range,
        };
    }

    private PortableMatrix? Matrix(Job job, YamlMapping node)
    {
        if (node.Get("strategy").Entry("parallel") is { } parallel) _log.Left(parallel.Range, "strategy: parallel: is not carried", "a matrix with an axis of its numbers");
        if (job.Matrix is not { } matrix) return null;
        if (matrix.Node is not YamlMapping map)
        {
            _log.Left(matrix.Range, "a matrix that an expression makes is not carried", "write the values into the file");
            return null;
        }
        IReadOnlyList<IReadOnlyList<(string, string)>> combinations = [.. map.Entries().Select(c => (IReadOnlyList<(string, string)>)[.. c.Value.Entries().Where(v => v.Value.Text() is not null).Select(v => (v.Key.Value, v.Value.Text()!))])];
        return PortableMatrix.Of(combinations) with { StopsAtFailure = false, MostParallel = (int?)node.Get("strategy").Number("maxParallel"), Source = matrix.Range };
    }
}
