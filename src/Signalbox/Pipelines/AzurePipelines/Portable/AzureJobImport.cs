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

    public AzureJobImport(YamlMapping root, AzureStages stages, AzureInsertions insertions, IReadOnlySet<string> declared, Pipeline pipeline, CarriageLog log)
    {
        (_root, _stages, _insertions, _declared, _variables, _log) = (root, stages, insertions, declared, [.. pipeline.Variables], log);
        var jobs = pipeline.Jobs;
        // a job's name alone where no other stage has the same
        var same = jobs.Select(j => Short(j.Id)).GroupBy(n => n, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        _names = Names.Unique(jobs.Select(j => j.Id), id => same.Contains(Short(id)) ? id.Replace('.', '_') : Short(id));
    }

    private static string Short(string id) => id[(id.LastIndexOf('.') + 1)..];

    /// <summary>All jobs. One that is left out takes those of its stage along that need it; a stage that is left out those of the stages that need it.</summary>
    public IReadOnlyList<PortableJob> ReadAll(IEnumerable<Job> jobs)
    {
        var read = jobs.Select(j => (Job: Read(j, out var takenAlong), Source: j, Along: takenAlong, j.Stage, Left: Meant(AzureConditions.Read([.. Said(_stages.Owner(j.Node!))]).If, j))).ToList();
        var by = read.DistinctBy(r => r.Job.Id).ToDictionary(r => r.Job.Id, StringComparer.Ordinal);
        var whole = read.ConvertAll(r => r.Job);
        return Skipping.Spread([.. read.Select(r => r.Job with { Steps = [.. Downloads(r.Job, r.Source, whole), .. r.Job.Steps] })], j => j.When == RunsWhen.Succeeded && by[j.Id].Along,
            (job, before) => by[job.Id].Stage == by[before.Id].Stage ? before.If : by[before.Id].Left);
    }

    /// <summary>What a deployment brings without being asked, of the jobs before it (learn.microsoft.com, "Deployment jobs").</summary>
    private List<DownloadStep> Downloads(PortableJob job, Job source, IReadOnlyList<PortableJob> all)
    {
        if (source.Node.Get("deployment") is null || source.Steps.Any(s => s.Node.Get("download") is not null || s.Uses?.Name.Equals("DownloadPipelineArtifact", StringComparison.OrdinalIgnoreCase) == true)) return [];
        var before = Skipping.Before(all.DistinctBy(j => j.Id).ToDictionary(j => j.Id, StringComparer.Ordinal), job).Select(j => j.Id).ToHashSet(StringComparer.Ordinal);
        var uploads = all.Where(j => before.Contains(j.Id)).SelectMany(j => j.Steps.OfType<UploadStep>()).DistinctBy(u => u.ArtifactName.ToString()).ToList();
        if (uploads.Count > 0) _log.Changed(job.Source, $"job {job.Id}: a deployment brings every artifact by itself: {string.Join(", ", uploads.Select(u => u.ArtifactName))}", concern: Concern.Start);
        return [.. uploads.Select(u => new DownloadStep(u.ArtifactName, PortableText.Of([.. new AzureReferences(_declared, new HashSet<string>()).Read("$(Pipeline.Workspace)/").Parts, .. u.ArtifactName.Parts])) { Source = job.Source })];
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
        if (job.Timeout is { Ticks: 0 }) _log.Changed((node.Entry("timeoutInMinutes")?.Range ?? job.Range), $"job {id}: it has no time limit, and gets the platform's own", "a limit as long as it may need");
        foreach (var other in (job.Environment is null ? null : node.Get("environment") as YamlMapping).Entries().Where(e => e.Key.Value != "name")) _log.Left(other.Range, $"job {id}: {other.Key.Value}: of its environment is not carried");
        if (job.Manual is { } manual) _log.Changed(manual, $"job {id}: a person starts it");
        return new()
        {
            Id = id,
            Name = job.Name,
            Needs = [.. job.Needs.Select(n => _names.GetValueOrDefault(n.Id, n.Id)).Distinct()],
            When = when,
            If = PortableCondition.All(Renamed(Meant(condition, job), job.Stage), _insertions.Condition(node)),
            Manual = job.Manual is not null,
            Runner = Runner(job, Demands(node.Get("pool") ?? stage.Get("pool") ?? _root.Get("pool"), id), references),
            Environment = job.Environment is { Name: { } name } environment ? new(references.Read(name), null, environment.Range) : null,
            Variables = AzureImport.Variables([.. AzureJobReader.Variables(stage.Get("variables")), .. ReferenceEquals(node, _root) ? [] : job.Variables], references),
            Container = Image(node.Get("container"), null, references),
            Services = [.. node.Get("services").Entries().Select(e => Image(e.Value, e.Key.Value, references)).OfType<PortableImage>()],
            Matrix = Matrix(job, node),
            Timeout = job.Timeout is { Ticks: > 0 } limit ? limit : null,
            FailureIgnored = Ignored(job.FailureIgnored),
            Steps = [.. new AzureStepImport(references, Runner(job, [], references).System == RunnerSystem.Windows, _insertions, _log).ReadAll(job).Select(s => s.If is null ? s : s with { If = Meant(s.If, job) })],
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

    // a variable that an expression makes when the job starts stands for it in a condition
    private PortableCondition? Meant(PortableCondition? condition, Job job) => condition switch
    {
        null => null,
        AllOf all => PortableCondition.All(all.Parts.Select(p => Meant(p, job))),
        AnyOf any => PortableCondition.Any(any.Parts.Select(p => Meant(p, job))),
        Not not => Meant(not.Part, job)!.Opposite(),
        ValueIs { Reference: { Kind: ReferenceKind.Setting, Name: { } name } } value when Expression(name, job) is { } expression => (AzureConditions.Inserted(expression), value.Value.ToLowerInvariant()) switch
        {
            (not RawCondition and var known, "true") => known,
            (not RawCondition and var known, "false") => known.Opposite(),
            _ => new RawCondition(Platform.AzurePipelines, $"eq(variables['{name}'], '{value.Value}')"),
        },
        _ => condition,
    };

    private string? Expression(string name, Job job)
    {
        var value = _variables.Concat(AzureJobReader.Variables(_stages.Owner(job.Node!).Get("variables"))).Concat(ReferenceEquals(job.Node, _root) ? [] : job.Variables).LastOrDefault(v => v.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value;
        return value is not null && AzureReferences.IsExpression(value) ? value[2..^1].Trim() : null;
    }

    private PortableCondition? Renamed(PortableCondition? condition, string? stage) =>
        condition?.Map(f => f is ResultIs result ? result with { Job = _names.GetValueOrDefault(stage is null ? result.Job : $"{stage}.{result.Job}", result.Job) } : f);

    private bool Ignored(Leniency? leniency)
    {
        if (leniency is { Always: false }) _log.Left(leniency.Range, "continueOnError by an expression is not carried", "say true or false");
        return leniency is { Always: true };
    }

    /// <summary>The capabilities that a machine must have; one of a value has no word elsewhere.</summary>
    private List<string> Demands(YamlNode? pool, string job)
    {
        var demands = pool.Get("demands").ItemsOrSelf().Where(d => d.Text() is not null).ToList();
        foreach (var odd in demands.Where(d => d.Text()!.Contains(' '))) _log.Left(odd.Range, $"job {job}: the demand {odd.Text()} is not carried", "a label of the machines that meet it");
        return [.. demands.Select(d => d.Text()!).Where(d => !d.Contains(' '))];
    }

    private PortableRunner Runner(Job job, IReadOnlyList<string> demands, AzureReferences references)
    {
        if (job.Runner.Count == 0 || job.Runner is [{ Name: "ubuntu-latest" }]) return PortableRunner.Default;
        var name = job.Runner[0].Name;
        // an image that a variable of the file names
        if (references.Read(name).Parts is [{ Reference: { Kind: ReferenceKind.Variable, Name: { } variable } }])
            name = _variables.Concat(AzureJobReader.Variables(_stages.Owner(job.Node!).Get("variables"))).Concat(job.Variables).LastOrDefault(v => v.Name.Equals(variable, StringComparison.OrdinalIgnoreCase))?.Value ?? name;
        var system = name.StartsWith("win", StringComparison.OrdinalIgnoreCase) || name.StartsWith("vs20", StringComparison.OrdinalIgnoreCase) ? RunnerSystem.Windows : name.StartsWith("mac", StringComparison.OrdinalIgnoreCase) ? RunnerSystem.MacOs : RunnerSystem.Linux;
        return new(system, [.. job.Runner.Select(r => r.Name).Concat(demands).Select(l => references.Read(l))], job.SelfHosted == true, job.SelfHosted == true ? null : Platform.AzurePipelines);
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
