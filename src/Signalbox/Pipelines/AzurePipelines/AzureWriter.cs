using System.Text.RegularExpressions;
using Signalbox.Pipelines.AzurePipelines.Portable;
using Signalbox.Pipelines.Portable;
using Signalbox.Pipelines.Writing;

namespace Signalbox.Pipelines.AzurePipelines;

/// <summary>Writes Azure Pipelines files (learn.microsoft.com, "YAML schema reference for Azure Pipelines"). The same pipeline gives the same text.</summary>
public sealed partial class AzureWriter
{
    private readonly PortablePipeline _pipeline;
    private readonly CarriageLog _log;
    private readonly Dictionary<string, string> _names;
    private readonly AzureText _text;

    private AzureWriter(PortablePipeline pipeline, CarriageLog log)
    {
        _pipeline = pipeline;
        _log = log;
        _names = Names.Unique(pipeline.Jobs.Select(j => j.Id), JobName);
        _text = new(pipeline, log);
    }

    /// <summary>What Azure cannot say is in <paramref name="log"/>, and stands as a comment or a failing step in the text.</summary>
    public static string Write(PortablePipeline pipeline, CarriageLog log) => new AzureWriter(pipeline, log).Write();

    private string Write()
    {
        var root = new OutMap();
        if (_pipeline.Name is { } name) root.Comment(name);
        AzureTriggerWriter.Add(root, _pipeline.Triggers, _log);
        if (_pipeline.Concurrency is { } concurrency) Concurrency(root, concurrency);
        root.Gap().Add("parameters", Parameters());
        var images = new Dictionary<PortableImage, string>(ReferenceEqualityComparer.Instance);
        foreach (var (service, i) in _pipeline.Jobs.SelectMany(j => j.Services).Select((s, i) => (s, i)))
        {
            var wanted = Names.Variable(service.Alias ?? $"service_{i + 1}");
            images[service] = images.ContainsValue(wanted) ? $"{wanted}_{i + 1}" : wanted;
        }
        if (images.Count > 0) root.Gap().Add("resources", new OutMap().Add("containers", [.. images.Select(i => Container(Started(i.Key, _pipeline.Jobs.First(j => j.Services.Any(s => ReferenceEquals(s, i.Key))), []), i.Value))]));
        root.Gap().Add("variables", _text.Variables([.. _pipeline.Variables, .. Inputs.InShell(_pipeline)]));
        Permissions(_pipeline.Permissions);
        var (jobs, whole) = (new List<YamlOut>(), _text.Lost);
        foreach (var job in _pipeline.Jobs)
        {
            _text.Lost = job.Needs.Count == 0 ? [.. whole] : [];
            jobs.Add(Job(job, images));
        }
        return YamlTreeWriter.Write(root.Gap().Add("jobs", new OutList(jobs)));
    }

    private void Concurrency(OutMap root, PortableConcurrency concurrency)
    {
        if (concurrency.CancelsRunning)
        {
            _log.Left(concurrency.Source, "ending the older run is not carried", "trigger: { batch: true } waits for the run that goes on");
            return;
        }
        _log.Changed(concurrency.Source, "one run at a time", "add an exclusive lock to the environment's checks");
        root.Add("lockBehavior", "sequential");
    }

    private void Permissions(PortablePermissions? permissions)
    {
        if (permissions is null) return;
        var words = permissions.All is { } all ? $"{all}".ToLowerInvariant() + " of everything" : string.Join(", ", permissions.Scopes.Select(s => $"{s.Name}: {s.Access.ToString().ToLowerInvariant()}"));
        _log.Changed(permissions.Source, $"the permissions {(words.Length == 0 ? "none" : words)} are the project's on Azure", permissions.IdToken ? "a service connection with workload identity federation" : "Project settings > Pipelines > Settings: limit the job's authorization scope");
    }

    private IReadOnlyList<YamlOut> Parameters() =>
    [
        .. _pipeline.Inputs.Select(i => (YamlOut)new OutMap()
            .Add("name", Names.Variable(i.Name)).Add("displayName", i.Description is { } d ? AzureReferences.Literal(d) : null)
            .Add("type", i.IsBoolean ? "boolean" : "string")
            .Add("default", i.IsBoolean ? new OutPlain(i.Default is "true" ? "true" : "false") : i.Default is { } value ? new OutText(value) : i.Required ? null : new OutText(i.Choices is [var first, ..] ? first : " "))
            .Add("values", i.Choices)),
    ];

    private OutMap Container(PortableImage image, string? name)
    {
        var map = new OutMap().Add("container", name).Add("image", _text.Value(image.Image, image.Source)).Add("env", _text.Variables(image.Variables)).Add("ports", image.Ports.Select(AzureReferences.Literal));
        return map.Add("options", image.Options is { } options ? AzureReferences.Literal(options) : null);
    }

    private PortableImage Started(PortableImage service, PortableJob job, List<string> lost) => DockerService.Started(service, job, _pipeline, lost, _log);

    private OutMap Job(PortableJob job, Dictionary<PortableImage, string> images)
    {
        _log.Whole(job.Source, $"job {job.Id}");
        var lost = _text.Lost;
        _text.Outputs.Clear();
        _text.Carries = o => Output(job, o) is not null;
        var deploys = job.Environment is not null && job.Matrix is null;
        var map = new OutMap().Add(deploys ? "deployment" : "job", _names[job.Id]);
        map.Add("displayName", job.Name is { } name ? AzureReferences.Literal(name) : _names[job.Id] == job.Id ? null : AzureReferences.Literal(job.Id));
        map.Add("dependsOn", job.Needs.Select(n => _names.GetValueOrDefault(n, JobName(n))));
        map.Add("condition", Condition(job, lost));
        map.Add("pool", Pool(job, lost));
        if (job.Environment is { } environment)
        {
            if (!deploys) _log.Left(environment.Source, $"job {job.Id}: a job with a matrix deploys to no environment on Azure", "a deployment job for each combination");
            if (environment.Url is { } url) _log.Left(environment.Source, $"job {job.Id}: the environment's address {url} is not carried");
            if (deploys) map.Add("environment", _text.Value(environment.Name, environment.Source));
        }
        if (job.Concurrency is { } concurrency) _log.Left(concurrency.Source, $"job {job.Id}: its group is not carried", "an exclusive lock in the environment's checks");
        map.Add("timeoutInMinutes", job.Timeout is { } time ? (long)Math.Ceiling(time.TotalMinutes) : null);
        if (job.FailureIgnored) map.Add("continueOnError", true);
        if (job.Manual) Manual(job, lost);
        Permissions(job.Permissions);
        if (job.Container is { } container) map.Add("container", container is { Variables.Count: 0, Ports.Count: 0, Options: null } ? new OutText(_text.Value(container.Image, container.Source)) : Container(container, null));
        var services = new OutMap();
        foreach (var service in job.Services)
        {
            Started(service, job, lost);
            services.Add(service.Alias is { } alias ? Names.Axis(alias) : images[service], images[service]);
        }
        map.Add("services", services);
        var variables = _text.Variables(job.Variables);
        if (job.Calls is { } calls)
        {
            _log.Left(calls.Source, $"job {job.Id}: {calls.Uses} is not carried", "write its steps here");
            lost.Add($"{calls.Uses} is called, which only {PlatformNames.Of(calls.Platform)} has");
        }
        var steps = new OutList(new AzureStepWriter(job, d => ArtifactRoot.Of(_pipeline, d.ArtifactName), lost, _text, _log).Steps(deploys, _pipeline.Jobs.Any(j => j.Steps.Any(s => s is UploadStep))));
        foreach (var output in _text.Outputs.OrderBy(o => o.Of, StringComparer.Ordinal).ThenBy(o => o.Name, StringComparer.Ordinal)) variables.Add(AzureReferences.OutputVariable(output.Of!, output.Name!), Output(job, output));
        map.Add("variables", variables);
        if (deploys) return map.Add("strategy", new OutMap().Add("runOnce", new OutMap().Add("deploy", new OutMap().Add("steps", steps))));
        return map.Add("strategy", Strategy(job.Matrix)).Add("steps", steps);
    }

    /// <summary>An output of a job that another needs (learn.microsoft.com, "Define variables: use outputs in a different job"); null where it is not one step's own.</summary>
    private string? Output(PortableJob job, PortableReference output)
    {
        if (!job.Needs.Contains(output.Of!) || _pipeline.Job(output.Of!) is not { Environment: null, Matrix: null } of) return null;
        return of.Outputs.FirstOrDefault(o => o.Name == output.Name)?.Value.Parts is [{ Reference: { Kind: ReferenceKind.StepOutput, Of: { } step, Name: { } name } }] && of.Steps.OfType<RunStep>().Any(s => s.Id == step && s.IsPosix)
            ? $"$[ dependencies.{_names[of.Id]}.outputs['{Names.Variable(step)}.{AzureReferences.VariableName(name)}'] ]" : null;
    }

    private void Manual(PortableJob job, List<string> lost)
    {
        if (job.Environment is not null) { _log.Changed(job.Source, $"job {job.Id}: started by a person", "add an approval to the environment's checks"); return; }
        _log.Left(job.Source, $"job {job.Id}: Azure has no job that a person starts", "give it an environment with an approval");
        lost.Add($"job {job.Id} was started by a person: give it an environment with an approval");
    }

    private string? Condition(PortableJob job, List<string> lost)
    {
        var (own, takenAlong) = Skipping.Own(_pipeline, job);
        if (AzureConditions.Problem(own) is not { } problem) return AzureConditions.Write(job.When, takenAlong, own, n => _names.GetValueOrDefault(n, JobName(n)));
        lost.Add($"the condition of job {job.Id} could not be carried: {problem}");
        _log.Left(job.Source, $"job {job.Id}: its condition is not carried: {problem}", "write it as condition:, and take the failing step out");
        return AzureConditions.Write(job.When, takenAlong, null, n => n);
    }

    private OutMap Pool(PortableJob job, List<string> lost)
    {
        var runner = job.Runner;
        if (runner.SelfHosted && runner.Labels is [var pool, ..])
        {
            _log.Changed(job.Source, $"job {job.Id}: runs in the pool {pool}", runner.Labels.Count > 1 ? $"demands: [{string.Join(", ", runner.Labels.Skip(1))}]" : null);
            return new OutMap().Add("name", _text.Value(pool, job.Source)).Add("demands", runner.Labels.Skip(1).Select(l => _text.Value(l, job.Source)));
        }
        var own = runner.Of == Platform.AzurePipelines || runner.Labels.All(l => MatrixValues.Are(l, job.Matrix, HostedName()));
        if (runner.Labels is [var label] && own) return new OutMap().Add("vmImage", _text.Value(label, job.Source));
        if (MatrixValues.OtherSystems(job) is { Count: > 0 } others)
        {
            var named = string.Join(", ", others);
            _log.Left(job.Source, $"job {job.Id}: the combinations on {named} are not carried: all would run on one machine", "a job for each machine, with its pool");
            lost.Add($"its combinations on {named} need a machine of their own");
        }
        else if (runner.Labels.Count > 0 || runner.SelfHosted) _log.Changed(job.Source, $"job {job.Id}: Azure's own machine instead of {string.Join(", ", runner.Labels)}");
        return new OutMap().Add("vmImage", runner.System switch { RunnerSystem.Windows => "windows-latest", RunnerSystem.MacOs => "macos-latest", _ => "ubuntu-latest" });
    }

    private OutMap Strategy(PortableMatrix? matrix)
    {
        var map = new OutMap();
        if (matrix is null) return map;
        if (matrix.StopsAtFailure) _log.Changed(matrix.Source, "a combination that fails does not end the others");
        map.Add("maxParallel", matrix.MostParallel);
        var combinations = new OutMap();
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var combination in matrix.Combinations())
        {
            var name = Names.Variable(string.Join('_', combination.Select(p => p.Value)));
            if (name.Length > 100) name = name[..100];
            var made = name;
            for (var i = 2; !taken.Add(made); i++) made = $"{name}_{i}";
            var values = new OutMap();
            foreach (var (axis, value) in combination) values.Add(AzureReferences.VariableName(axis), _text.Value(PortableText.Of(value), matrix.Source));
            combinations.Add(made, (YamlOut)values);
        }
        return map.Add("matrix", combinations);
    }

    private static string JobName(string name) => Names.Variable(name) is { Length: > 0 } made ? made : "job";

    [GeneratedRegex(@"\A(ubuntu|windows|macos)-(latest|[0-9.]+)\z", RegexOptions.IgnoreCase)]
    private static partial Regex HostedName();
}
