using System.Text.RegularExpressions;
using Signalbox.Pipelines.GitLab.Portable;
using Signalbox.Pipelines.Portable;
using Signalbox.Pipelines.Writing;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitLab;

/// <summary>Writes GitLab CI files (docs.gitlab.com, "CI/CD YAML syntax reference"). The same pipeline gives the same text.</summary>
public sealed partial class GitLabWriter
{
    // names that cannot be a job's
    private static readonly string[] s_reserved =
        ["<<", "default", "image", "services", "stages", "types", "before_script", "after_script", "variables", "cache", "include", "workflow", "spec", GitLabPages.Job, "true", "false", "nil"];

    private readonly PortablePipeline _pipeline;
    private readonly CarriageLog _log;
    private readonly Dictionary<string, string> _names;
    private readonly IReadOnlyList<string> _stages;
    private readonly Dictionary<string, string> _stageOf;

    // what a person must see to before a job may go on: first of the whole pipeline, then of the job that is written
    private List<string> _lost = [];

    private GitLabWriter(PortablePipeline pipeline, CarriageLog log)
    {
        _pipeline = pipeline;
        _log = log;
        var pages = pipeline.Jobs.Where(j => j.Steps.Any(GitLabPages.IsStep)).Select(j => j.Id).ToHashSet(StringComparer.Ordinal);
        _names = Names.Unique(pipeline.Jobs.Select(j => j.Id), id => pages.Contains(id) ? GitLabPages.Job : JobName(id));
        (_stages, _stageOf) = Layers.Stages(pipeline);
    }

    /// <summary>What GitLab cannot say is in <paramref name="log"/>, and stands as a comment or a failing line in the text.</summary>
    public static string Write(PortablePipeline pipeline, CarriageLog log) => new GitLabWriter(pipeline, log).Write();

    private string Write()
    {
        var root = new OutMap().Add("workflow", Workflow());
        if (_pipeline.Concurrency is { CancelsRunning: true }) root.Gap().Add("default", new OutMap().Add("interruptible", true));
        if (_stages.Count > 0) root.Gap().Add("stages", new OutList([.. _stages.Select(s => new OutText(s))]));
        root.Gap().Add("variables", Variables());
        var whole = _lost;
        foreach (var job in _pipeline.Jobs)
        {
            _lost = job.Needs.Count == 0 ? [.. whole] : [];
            root.Gap().Add(_names[job.Id], (YamlOut)Job(job));
        }
        SayPermissions(_pipeline.Permissions);
        return YamlTreeWriter.Write(root);
    }

    private OutMap Workflow()
    {
        var map = new OutMap().Add("name", _pipeline.Name?.Replace("$", "$$", StringComparison.Ordinal));
        if (_pipeline.Concurrency is { } concurrency)
        {
            if (concurrency.Group is { } group) _log.Changed(concurrency.Source, $"the group {group} is the branch's pipelines on GitLab");
            if (concurrency.CancelsRunning) map.Add("auto_cancel", new OutMap().Add("on_new_commit", "interruptible"));
            else _log.Left(concurrency.Source, "one run at a time is not carried", "resource_group: in the jobs that must not run side by side");
        }
        var rules = new List<YamlOut>();
        foreach (var (condition, changes, trigger) in GitLabTriggers.Write(_pipeline.Triggers, _log))
        {
            _log.Whole(trigger.Source, $"on {trigger.Event}");
            rules.Add(new OutMap().Add("if", condition).Add("changes", changes.Select(GitLabTriggers.Path)));
        }
        return map.Add("rules", rules);
    }

    private OutMap Variables()
    {
        var map = new OutMap();
        foreach (var input in _pipeline.Inputs)
            map.Add(Names.Variable(input.Name), (YamlOut)new OutMap().Add("value", (input.Default ?? (input.Choices is [var first, ..] ? first : input.IsBoolean ? "false" : "")).Replace("$", "$$", StringComparison.Ordinal)).Add("options", input.Choices).Add("description", input.Description ?? input.Name));
        // GitLab has both in one list: what is an input's own value is there already
        var inputs = _pipeline.Inputs.Select(i => Names.Variable(i.Name)).ToHashSet(StringComparer.Ordinal);
        foreach (var same in _pipeline.Variables.Where(v => inputs.Contains(Names.Variable(v.Name)) && !(v.Value.Parts is [{ Reference: { Kind: ReferenceKind.Input or ReferenceKind.Variable } own }] && own.Name == v.Name)))
            _log.Left(same.Source, $"{same.Name} is what somebody gives when the pipeline starts, and not {same.Value}: GitLab has one of the name", "a variable of another name");
        Add(map, _pipeline.Variables.Where(v => !inputs.Contains(Names.Variable(v.Name))));
        return map;
    }

    private void Add(OutMap map, IEnumerable<PortableVariable> variables)
    {
        foreach (var variable in PortableVariable.Last(variables))
        {
            if (variable.Value.Parts is [{ Reference: { Kind: ReferenceKind.Secret or ReferenceKind.Setting } same }] && same.Name == variable.Name) SaySecret(same, variable.Source, _log);
            else map.Add(Names.Variable(variable.Name), Text(variable.Value, variable.Source));
        }
    }

    /// <summary>What must be set in the project.</summary>
    internal static void SaySecret(PortableReference reference, TextRange place, CarriageLog log) => log.Changed(place,
        $"{reference.Name} comes from the project's CI/CD variables", $"Settings > CI/CD > Variables: {Names.Variable(reference.Name!)}{(reference.Kind == ReferenceKind.Secret ? ", masked and protected" : "")}");

    private OutMap Job(PortableJob job)
    {
        _log.Whole(job.Source, $"job {job.Id}");
        var map = new OutMap().Add("stage", _stageOf.GetValueOrDefault(job.Id, GitLabReader.UsualStage));
        if (job.Name is { } name && name != job.Id) map.Comment(name);
        Needs(job, map);
        map.Add("rules", Rules(job)).Add("tags", Tags(job));
        if (Called(job) is { } called && _lost.Count == 0) return map.Add("parallel", Parallel(job)).Add("variables", JobVariables(job)).Add("trigger", called);
        var jobTools = new GitLabTools(job, _log);
        map.Add("image", Image(jobTools.Image)).Add("services", jobTools.Services.Select(Service).ToList());
        if (job.Environment is { } environment) map.Add("environment", Environment(environment));
        if (job.Concurrency is { } concurrency) map.Add("resource_group", concurrency.Group is { } group ? Text(group, concurrency.Source) : job.Id);
        if (job.Concurrency is { CancelsRunning: true } cancels) _log.Changed(cancels.Source, $"job {job.Id}: the job that runs is waited for, not ended");
        map.Add("timeout", job.Timeout is { } time ? Minutes(time) : null);
        var retries = Retries(job);
        if (retries > 2) _log.Changed(job.Source, $"job {job.Id}: tried again twice, the most that GitLab allows");
        map.Add("retry", retries > 0 ? Math.Min(2, retries) : null);
        if (job.FailureIgnored && !job.Manual) map.Add("allow_failure", true);
        map.Add("parallel", Parallel(job));
        if (job.IdentityTokens.Count > 0) map.Add("id_tokens", IdentityTokens(job));
        else if (job.Permissions?.IdToken == true || (job.Permissions is null && _pipeline.Permissions?.IdToken == true))
        {
            _log.Left(job.Permissions?.Source ?? _pipeline.Permissions!.Source, $"job {job.Id}: whom its identity token is for is not in the file", "id_tokens: { ID_TOKEN: { aud: https://… } }");
            map.Add("id_tokens", new OutMap().Add("ID_TOKEN", (YamlOut)new OutMap().Add("aud", "$CI_SERVER_URL")));
        }
        SayPermissions(job.Permissions);
        Outputs(job);
        map.Add("variables", JobVariables(job)).Add("cache", Caches(job));
        _lost.AddRange(jobTools.Lost);
        var artifacts = Artifacts(job);
        return Script(job, map).Add("artifacts", artifacts);
    }

    // a name with other signs, or an address that is none, is refused with the whole file
    private YamlOut? Environment(PortableEnvironment environment)
    {
        var name = Text(environment.Name, environment.Source);
        if (GitLabReferences.Write(environment.Name) is null) return null;
        if (environment.Url is null) return new OutText(name);
        // braces are no signs of an address: they stand where a letter follows alone
        var url = Braced().Replace(Text(environment.Url, environment.Source), "$$$1");
        return new OutMap().Add("name", name).Add("url", GitLabReferences.Write(environment.Url) is null ? null : url);
    }

    [GeneratedRegex(@"(?<!\$)\$\{([A-Za-z_][A-Za-z0-9_]*)\}(?![A-Za-z0-9_])")]
    private static partial Regex Braced();

    private void Outputs(PortableJob job)
    {
        if (job.Outputs.Count == 0) return;
        var names = string.Join(", ", job.Outputs.Select(o => o.Name));
        if (GitLabOutputs.Lines(job) is not null) { _log.Changed(job.Source, $"job {job.Id}: its outputs {names} are variables of the jobs after it", "one line each; a rule cannot read them"); return; }
        _log.Left(job.Source, $"job {job.Id}: its outputs {names} are not carried", "write them into a file, and keep it as artifacts: reports: dotenv:");
        _lost.Add($"its outputs {names} are not carried");
    }

    private static OutMap IdentityTokens(PortableJob job)
    {
        var map = new OutMap();
        foreach (var token in job.IdentityTokens) map.Add(token.Name, (YamlOut)new OutMap().Add("aud", token.Audience));
        return map;
    }

    private static string Minutes(TimeSpan time) => time.TotalMinutes % 60 == 0 ? $"{(int)time.TotalHours}h" : $"{(int)Math.Ceiling(time.TotalMinutes)}m";

    private void SayPermissions(PortablePermissions? permissions)
    {
        if (permissions is null) return;
        var rest = permissions.Scopes.Where(s => s.Name != "id-token").ToList();
        var words = permissions.All is { } all ? $"{all}".ToLowerInvariant() + " of everything" : string.Join(", ", rest.Select(s => $"{s.Name}: {s.Access.ToString().ToLowerInvariant()}"));
        if (rest.Count > 0 || permissions.All is not null) _log.Changed(permissions.Source, $"the permissions {words} are the project's on GitLab", "Settings > CI/CD > Job token permissions");
    }

    private IReadOnlyList<YamlOut> Rules(PortableJob job)
    {
        var problem = GitLabIf.Problem(job.If);
        if (problem is not null)
        {
            _lost.Add($"the condition of job {job.Id} could not be carried: {problem}");
            _log.Left(job.Source, $"job {job.Id}: its condition is not carried: {problem}", "write it as rules:, and take the failing line out");
        }
        var when = job.Manual ? "manual" : job.When switch { RunsWhen.Failed => "on_failure", RunsWhen.Always or RunsWhen.Finished => "always", _ => null };
        if (job.Manual && job.When != RunsWhen.Succeeded) _log.Changed(job.Source, $"job {job.Id}: a person starts it, however the jobs before it ended");
        if (job.If is RawCondition { Platform: Platform.GitLab } raw && !GitLabIf.IsExpression(raw.Text))
        {
            _lost.Add($"the condition of job {job.Id} could not be carried: {raw.Text}");
            _log.Left(job.Source, $"job {job.Id}: its condition is not carried: {raw.Text}", "write it as rules:, and take the failing line out");
            problem = raw;
        }
        IReadOnlyList<PortableCondition?> ways = problem is null && job.If is AnyOf any ? [.. any.Parts] : [problem is null ? job.If : null];
        if (when is null && ways.All(w => w is null)) return [];
        return [.. ways.Select(way => Rule(way, when, job))];
    }

    private static OutMap Rule(PortableCondition? way, string? when, PortableJob job)
    {
        var map = new OutMap().Add("if", way is null ? null : GitLabIf.Write(way)).Add("when", when);
        return job is { Manual: true, FailureIgnored: true } ? map.Add("allow_failure", true) : map;
    }

    private IEnumerable<string> Tags(PortableJob job)
    {
        var runner = job.Runner;
        if (runner.SelfHosted || runner.Of == Platform.GitLab) return runner.Labels.Select(l => Text(l, job.Source));
        if (MatrixValues.OtherSystems(job) is { Count: > 0 } others)
        {
            var named = string.Join(", ", others);
            _log.Left(job.Source, $"job {job.Id}: the combinations on {named} are not carried: all would run on one machine", "a job for each system, with its tags");
            _lost.Add($"its combinations on {named} need a machine of their own");
            return [];
        }
        if (runner.Labels.Count > 0) _log.Changed(job.Source, $"job {job.Id}: a runner of GitLab instead of {string.Join(", ", runner.Labels)}");
        // docs.gitlab.com, "Hosted runners"
        return runner.System switch { RunnerSystem.Windows => ["saas-windows-medium-amd64"], RunnerSystem.MacOs => ["saas-macos-medium-m1"], _ => [] };
    }

    private OutMap? Called(PortableJob job) => job.Calls is { Platform: Platform.GitLab } own ? Trigger(own.Uses)
        : CalledFile.On(Platform.GitLab, job.Calls, ".gitlab", _log) is { } file ? Trigger("./" + file) : null;

    private OutMap Parallel(PortableJob job) => job.Matrix is { } matrix ? new OutMap().Add("matrix", Matrix(matrix, job)) : new();

    private static OutMap Trigger(string uses)
    {
        if (uses.StartsWith("./", StringComparison.Ordinal)) return new OutMap().Add("include", new OutList([new OutMap().Add("local", "/" + uses[2..])])).Add("strategy", "depend");
        var at = uses.LastIndexOf('@');
        return at < 0 ? new OutMap().Add("project", uses) : new OutMap().Add("project", uses[..at]).Add("branch", uses[(at + 1)..]);
    }

    private YamlOut? Image(PortableImage? image)
    {
        if (image is null) return null;
        if (image.Options is not null || image.Ports.Count > 0) _log.Left(image.Source, $"the ports and options of the image {image.Image} are not carried", "set them where the runner is set up");
        var name = Text(image.Image, image.Source);
        return image.ClearsEntrypoint ? new OutMap().Add("name", name).Add("entrypoint", OutList.Of([""])) : new OutText(name);
    }

    private YamlOut Service(PortableImage image)
    {
        if (image.Options is not null) _log.Left(image.Source, $"the options {image.Options} of the service {image.Image} are not carried", "wait for it in the script");
        if (image.Ports.Count > 0) _log.Changed(image.Source, $"the service {image.Image} is reached as {image.Alias}, not at localhost");
        var variables = new OutMap();
        Add(variables, image.Variables);
        if (image.Alias is null && variables.IsEmpty) return new OutText(Text(image.Image, image.Source));
        return new OutMap().Add("name", Text(image.Image, image.Source)).Add("alias", image.Alias).Add("variables", variables);
    }

    private IReadOnlyList<YamlOut> Matrix(PortableMatrix matrix, PortableJob job)
    {
        if (matrix.MostParallel is not null) _log.Left(matrix.Source, $"job {job.Id}: how many run side by side is not carried", "the runners' own limit");
        if (matrix.StopsAtFailure) _log.Changed(matrix.Source, $"job {job.Id}: a combination that fails does not end the others");
        if (matrix.Include.Count == 0 && matrix.Exclude.Count == 0) return [Axes(matrix.Axes)];
        return [.. matrix.Combinations().Select(c => Axes([.. c.Select(p => (p.Name, (IReadOnlyList<string>)[p.Value]))]))];
    }

    private static OutMap Axes(IReadOnlyList<(string Name, IReadOnlyList<string> Values)> axes)
    {
        var map = new OutMap();
        foreach (var (name, values) in axes) map.Add(Names.Variable(name), values is [var only] ? new OutText(Escaped(only)) : OutList.Of(values.Select(Escaped)));
        return map;
    }

    private static string Escaped(string value) => value.Replace("$", "$$", StringComparison.Ordinal);

    private string Text(PortableText text, TextRange place)
    {
        if (GitLabReferences.Write(text) is { } said)
        {
            foreach (var kept in text.References.Where(r => r.Kind is ReferenceKind.Secret or ReferenceKind.Setting)) SaySecret(kept, place, _log);
            return said;
        }
        _log.Left(place, $"the value {text} is not carried", "GitLab has no such variable: write what is meant");
        _lost.Add($"the value {text} is not carried");
        return $"left for a person: {text}".Replace("$", "$$", StringComparison.Ordinal);
    }

    private static string JobName(string name)
    {
        var made = string.Concat(name.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' or '\u0085' ? ' ' : c)).Trim();
        return made.Length == 0 || made[0] == '.' || s_reserved.Contains(made) ? $"job {made}".Trim() : made;
    }
}
