using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Jenkins.Portable;

/// <summary>A declarative Jenkinsfile's meaning (jenkins.io, "Pipeline Syntax"); of a scripted one the steps, as they stand.</summary>
public sealed partial class JenkinsImport
{
    private static readonly string[] s_sections = ["agent", "environment", "options", "triggers", "parameters", "stages", "post", "tools", "libraries"];
    private static readonly string[] s_stageSections = ["agent", "when", "environment", "options", "steps", "stages", "parallel", "matrix", "post", "input", "failFast", "tools"];

    private static readonly string[] s_options = ["timeout", "retry", "skipDefaultCheckout", "timestamps", "ansiColor"];

    private const string SharedWorkspace = "the stages share one workspace on Jenkins, and nowhere else", HandedOver = "hand the files that a later job needs over as artifacts";

    private readonly YamlText _text;
    private readonly CarriageLog _log;
    private readonly JenkinsReferences _references;
    private readonly JenkinsParameters _parameters;
    private readonly List<PortableJob> _jobs = [];
    private List<string> _before = [];
    private IReadOnlyList<(GroovyCall Call, TextRange Covers)> _around = [];

    private JenkinsImport(YamlText text, JenkinsParameters parameters, CarriageLog log) =>
        (_text, _parameters, _references, _log) = (text, parameters, new(text, new HashSet<string>(), parameters.Names), log);

    /// <summary>Reads the whole; what has no portable meaning is said in <paramref name="log"/>.</summary>
    public static PortablePipeline Read(JenkinsPipeline jenkins, CarriageLog log)
    {
        var import = new JenkinsImport(jenkins.Pipeline.Text, new(jenkins.Root), log);
        if (TooDeep(jenkins.Pipeline.Text.Content) is { } deep) log.Left(new(deep, deep + 1), $"blocks that lie more than {GroovyParser.Deepest} deep are not carried", "steps that lie less deep");
        foreach (var library in jenkins.Pipeline.Inclusions) log.Left(library.Range, $"the shared library {library.Source} is not carried", "write what its steps do");
        return Compared.ByName(jenkins.Declarative ? import.Declarative(jenkins) : import.Scripted(jenkins), StringComparer.Ordinal);
    }

    private static int? TooDeep(string text)
    {
        var depth = 0;
        for (var at = 0; at < text.Length; at++)
            if (text[at] == '{' && ++depth > GroovyParser.Deepest) return at;
            else if (text[at] == '}') depth--;
        return null;
    }

    private PortablePipeline Declarative(JenkinsPipeline jenkins)
    {
        var block = jenkins.Root.Call("pipeline")!.Block!;
        foreach (var call in block.Calls.Where(c => !s_sections.Contains(c.Name) || c.Name is "tools" or "libraries")) _log.Left(call.NameRange, $"{call.Name} is not carried", call.Name == "tools" ? "an image that holds the tools" : null);
        var scope = Enter(block, new(), true);
        foreach (var stage in block.Call("stages")?.Block?.Calls.Where(c => c.Name == "stage") ?? []) Stage(stage, scope with { Options = scope.Options with { Retries = 0 } });
        if (block.Call("agent") is { } agent && agent.First is not GroovyName { Path: "none" } && _jobs.Count > 1)
            _log.Left(agent.NameRange, SharedWorkspace, HandedOver);
        if (block.Call("post") is { Block: { } post }) Post(post, scope);
        var options = block.Call("options")?.Block;
        if (options?.Call("retry") is { } again) _log.Left(again.NameRange, "trying the whole pipeline again is not carried", "options { retry(…) } in the stage that fails");
        if (options?.Call("timeout") is { } limit) _log.Changed(limit.NameRange, "the time limit of the whole pipeline holds for each job");
        foreach (var option in options?.Calls.Where(c => !s_options.Contains(c.Name) && c.Name is not ("disableConcurrentBuilds" or "buildDiscarder")) ?? []) _log.Left(option.NameRange, $"the option {option.Name} is not carried");
        return new()
        {
            Triggers = Triggers(jenkins, block),
            Inputs = _parameters.Inputs(_references, _log),
            Variables = [.. _parameters.Secrets(_log), .. Environment(block.Call("environment"), _references)],
            Concurrency = options?.Call("disableConcurrentBuilds") is { } one ? new(null, one.Named("abortPrevious") is GroovyName { Path: "true" }, one.NameRange) : null,
            Jobs = _jobs,
        };
    }

    private List<PortableTrigger> Triggers(JenkinsPipeline jenkins, GroovyBlock? block)
    {
        var found = new List<PortableTrigger>();
        foreach (var other in (block?.Call("triggers")?.Block?.Calls ?? []).Where(c => c.Name is not ("cron" or "pollSCM" or "githubPush"))) _log.Left(other.NameRange, $"the trigger {other.Name} is not carried", "start the pipeline from the platform's webhooks");
        foreach (var trigger in jenkins.Pipeline.Triggers)
            switch (trigger.Kind)
            {
                case TriggerKinds.Push: found.Add(new(PortableEvent.Push) { Source = trigger.Range }); break;
                case TriggerKinds.PullRequest: found.Add(new(PortableEvent.PullRequest) { Tags = [], Source = trigger.Range }); break;
                case TriggerKinds.Manual: found.Add(new(PortableEvent.Manual) { Tags = [], Source = trigger.Range }); break;
                case TriggerKinds.Schedule:
                    var crons = (block?.Call("triggers")?.Block?.Calls ?? []).Where(c => c.Name == "cron").SelectMany(c => ((c.First as GroovyText)?.String.Value ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
                    found.Add(new(PortableEvent.Schedule) { Tags = [], Crons = [.. crons.Select(c => Cron(c, trigger.Range)).OfType<string>()], Source = trigger.Range });
                    break;
            }
        return found;
    }

    /// <summary>A time as the other platforms have it (jenkins.io, "Pipeline Syntax: cron"); null where they have none.</summary>
    private string? Cron(string cron, TextRange place)
    {
        var said = cron switch { "@hourly" => "H * * * *", "@daily" => "H H * * *", "@midnight" => "H H(0-2) * * *", "@weekly" => "H H * * 0", "@monthly" => "H H 1 * *", "@yearly" or "@annually" => "H H 1 1 *", _ => cron };
        // H spreads the load over Jenkins' own jobs: any one value does
        var fields = said.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((f, i) => f == "H" ? i switch { 0 => "17", 1 => "3", _ => "1" } : f == "H(0-2)" ? "1" : f.StartsWith("H/", StringComparison.Ordinal) ? "*" + f[1..] : f).ToList();
        if (fields.Count != 5 || fields.Exists(f => f.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('*' or '/' or ',' or '-') || c == 'H')))
        {
            _log.Left(place, $"the time {cron} is not carried", "a time in five fields");
            return null;
        }
        var time = string.Join(' ', fields);
        if (time != cron) _log.Changed(place, $"the time {cron} is {time}");
        return time;
    }

    /// <summary>What holds in a stage by itself and the blocks around it.</summary>
    private sealed record Scope
    {
        public PortableRunner Runner { get; init; } = PortableRunner.Default;

        public PortableImage? Container { get; init; }

        public PortableCondition? If { get; init; }

        public IReadOnlyList<PortableVariable> Variables { get; init; } = [];

        public (TimeSpan? Timeout, int Retries, bool Checkout) Options { get; init; } = (null, 0, true);

        public bool Manual { get; init; }

        public PortableConcurrency? Concurrency { get; init; }

        public PortableMatrix? Matrix { get; init; }
    }

    private Scope Enter(GroovyBlock block, Scope scope, bool whole)
    {
        var names = _references.With(scope.Matrix?.Names ?? []);
        if (block.Call("agent") is { } agent && agent.First is not GroovyName { Path: "none" })
        {
            var read = JenkinsAgents.Declared(agent, JenkinsScope.Empty, new(_text));
            scope = scope with
            {
                Runner = read.Runner is [var label, ..] ? new(RunnerSystem.Linux, Labels(names.Read((agent.Block?.Call("node")?.Block ?? agent.Block)?.Call("label")?.First) ?? PortableText.Of(label.Name)), true) : PortableRunner.Default,
                Container = Image(agent, names),
            };
            if (agent.Block?.Calls.FirstOrDefault(c => c.Name is not ("docker" or "label" or "any" or "none") && !(c is { Name: "node", Block: { } named } && named.Calls.All(n => n.Name == "label"))) is { } odd) _log.Left(odd.NameRange, $"the agent {odd.Name} is not carried", "an image");
        }
        scope = scope with { If = PortableCondition.All(scope.If, JenkinsConditions.Read(block.Call("when"), _text)) };
        if (!whole) scope = scope with { Variables = [.. scope.Variables, .. Environment(block.Call("environment"), names)] };
        if (block.Call("options")?.Block is { } options)
        {
            var one = whole ? null : options.Call("lock");
            if (!whole) foreach (var option in options.Calls.Where(c => !s_options.Contains(c.Name) && c.Name != "lock")) _log.Left(option.NameRange, $"the option {option.Name} is not carried");
            scope = scope with
            {
                Concurrency = one is not null && names.Read(one.Named("resource") ?? one.First) is { } name ? new(name, false, one.NameRange) : scope.Concurrency,
                Options = (options.Call("timeout") is { } timeout ? JenkinsStepWalk.ReadTimeout(timeout) : scope.Options.Timeout,
                    options.Call("retry") is { } retry && JenkinsStepWalk.ReadRetry(retry).Count is { } count ? count - 1 : scope.Options.Retries,
                    scope.Options.Checkout && options.Call("skipDefaultCheckout") is null),
            };
        }
        if (block.Call("input") is not { } input) return scope;
        JenkinsParameters.Asked(input, _log);
        return scope with { Manual = true };
    }

    // a label may be an expression; only one that asks for several labels has words elsewhere
    private static IReadOnlyList<PortableText> Labels(PortableText label) =>
        label.Literal is { } text ? [.. text.Split("&&", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(PortableText.Of)] : [label];

    private PortableImage? Image(GroovyCall agent, JenkinsReferences names)
    {
        if (agent.Block?.Call("docker") is not { } docker) return null;
        var registry = docker.Block?.Call("registryUrl") is { } url ? JenkinsAgents.Host(url) : null;
        if (docker.Block?.Call("alwaysPull") is { } pull) _log.Changed(pull.NameRange, "how often the agent's image is pulled is the platform's");
        foreach (var odd in docker.Block?.Calls.Where(c => c.Name is not ("image" or "args" or "label" or "reuseNode" or "alwaysPull") && !(c.Name == "registryUrl" && registry is not null)) ?? []) _log.Left(odd.NameRange, $"{odd.Name} of the agent's image is not carried");
        return names.Read(docker.First ?? docker.Block?.Call("image")?.First) is { } image ? new(JenkinsAgents.Of(image, registry)) { Options = (docker.Block?.Call("args")?.First as GroovyText)?.String.Value, Source = docker.NameRange } : null;
    }

    private List<PortableVariable> Environment(GroovyCall? environment, JenkinsReferences names)
    {
        var found = new List<PortableVariable>();
        foreach (var entry in environment?.Block?.Statements.OfType<GroovyOperation>() ?? [])
            if (entry is { IsAssignment: true, Operands: [GroovyName name, var value, ..] })
            {
                if (value is GroovyCall { Name: "credentials", First: GroovyText kept }) found.AddRange(Halves(name.Path, kept.String.Value, entry.Range));
                found.Add(new(name.Path, value is GroovyCall { Name: "credentials", First: GroovyText secret } ? PortableText.Of(new PortableReference(ReferenceKind.Secret, secret.String.Value)) : names.Read(value) ?? PortableText.Empty, entry.Range));
            }
        return found;
    }

    // jenkins.io, "Using a Jenkinsfile: handling credentials": of a user and a password there are two more variables
    private List<PortableVariable> Halves(string variable, string credentials, TextRange place)
    {
        List<PortableVariable> found =
        [
            .. ((string[])["_USR", "_PSW"]).Where(half => _text.Content.Contains(variable + half, StringComparison.Ordinal))
                .Select(half => new PortableVariable(variable + half, PortableText.Of(new PortableReference(ReferenceKind.Secret, credentials + half)), place)),
        ];
        if (found.Count > 0) _log.Changed(place, $"the credentials {credentials} are two secrets, a user and a password", "keep each as a secret of its own", Concern.Start);
        return found;
    }

    private void Stage(GroovyCall stage, Scope outer)
    {
        if (stage.Block is not { } block) return;
        var name = (stage.First as GroovyText)?.String.Value ?? "stage";
        foreach (var call in block.Calls.Where(c => !s_stageSections.Contains(c.Name) || c.Name == "tools")) _log.Left(call.NameRange, $"stage {name}: {call.Name} is not carried");
        var scope = Enter(block, outer, false);
        if (block.Call("post") is { } post && block.Call("steps") is null) _log.Left(post.NameRange, $"stage {name}: what runs after its inner stages is not carried", "steps of the last inner stage");
        var fast = block.Call("failFast") is { First: GroovyName { Path: "true" } } said ? said : null;
        if (fast is not null && block.Call("matrix") is null) _log.Changed(fast.NameRange, $"stage {name}: a stage that fails does not end those beside it");
        if (block.Call("parallel")?.Block is { } parallel) Parallel(parallel.Calls.Where(c => c.Name == "stage").Select(c => (Action)(() => Stage(c, scope))));
        foreach (var inner in block.Call("stages")?.Block?.Calls.Where(c => c.Name == "stage") ?? []) Stage(inner, scope);
        if (block.Call("matrix")?.Block is { } matrix) Matrix(matrix, scope, fast is not null);
        if (block.Call("steps") is { Block: { } steps }) Steps(name, stage, steps, block.Call("post")?.Block, scope);
    }

    private void Matrix(GroovyBlock matrix, Scope scope, bool stops)
    {
        var read = JenkinsMatrix.Read(matrix, _log) is { } found ? found with { StopsAtFailure = stops } : null;
        var inner = Enter(matrix, scope with { Matrix = read }, false);
        foreach (var stage in matrix.Call("stages")?.Block?.Calls.Where(c => c.Name == "stage") ?? []) Stage(stage, inner with { Matrix = read });
    }

    private void Parallel(IEnumerable<Action> ways)
    {
        var (start, ends) = (_before, new List<string>());
        foreach (var way in ways)
        {
            _before = start;
            way();
            if (!ReferenceEquals(_before, start)) ends.AddRange(_before);
        }
        _before = ends.Count > 0 ? ends : start;
    }

    private void Steps(string name, GroovyCall stage, GroovyBlock block, GroovyBlock? post, Scope scope)
    {
        var import = new JenkinsStepImport(_text, _log);
        var steps = new List<PortableStep>();
        var range = stage.First?.Range ?? stage.NameRange;
        var inner = new JenkinsStepScope(_references.With(scope.Matrix?.Names ?? []));
        // what stands around all steps holds for the job
        var lenient = block.Statements is [GroovyCall { Name: "catchError", Block: not null } caught] && (caught.Named("stageResult") as GroovyText)?.String.Value == "FAILURE" && import.Ignores(caught);
        var whole = lenient ? ((GroovyCall)block.Statements[0]).Block! : block;
        var retries = whole.Statements is [GroovyCall { Name: "retry", Block.Statements.Count: > 1 } again] ? JenkinsStepWalk.ReadRetry(again).Count - 1 : null;
        steps.AddRange(import.All(retries is null ? whole : ((GroovyCall)whole.Statements[0]).Block!, inner));
        foreach (var outcome in post?.Calls ?? [])
            if (outcome.Block is { } body && After(outcome) is { } when) steps.AddRange(import.All(body, inner).Select(s => s with { When = when }));
        if (scope.Options.Checkout && !steps.Any(s => s is CheckoutStep)) steps.Insert(0, new CheckoutStep { Source = range });
        Add(name, range, steps, new()
        {
            Id = name,
            If = scope.If,
            Runner = scope.Runner,
            Container = scope.Container,
            Variables = scope.Variables,
            Timeout = scope.Options.Timeout,
            Retries = Math.Max(scope.Options.Retries, retries ?? 0),
            Manual = scope.Manual || import.Manual,
            Concurrency = scope.Concurrency,
            Matrix = scope.Matrix,
            FailureIgnored = lenient,
        }, _before);
    }

    private void Add(string name, TextRange range, IReadOnlyList<PortableStep> steps, PortableJob job, IEnumerable<string> needs)
    {
        var id = name;
        for (var i = 2; _jobs.Exists(j => j.Id == id); i++) id = $"{name} {i}";
        // what only a Windows machine can run
        var windows = steps.Any(s => s is RunStep { Shell: "cmd" or "powershell" });
        if (windows) (job, steps) = (job with { Runner = job.Runner with { System = RunnerSystem.Windows } }, [.. steps.Select(s => s is RunStep { Shell: null } run ? run with { Shell = "bash" } : s)]);
        _jobs.Add(job with { Id = id, Needs = [.. needs.Where(n => _jobs.Exists(j => j.Id == n))], Steps = steps, Source = range });
        _before = [id];
    }

    private RunsWhen? After(GroovyCall outcome)
    {
        switch (outcome.Name)
        {
            case "always" or "cleanup": return RunsWhen.Always;
            case "failure" or "unsuccessful": return RunsWhen.Failed;
            case "success": return RunsWhen.Succeeded;
            default: _log.Left(outcome.NameRange, $"post: {outcome.Name} is not carried"); return null;
        }
    }

    private void Post(GroovyBlock post, Scope scope)
    {
        foreach (var outcome in post.Calls)
        {
            if (outcome.Block is not { } body || After(outcome) is not { } when) continue;
            var steps = new JenkinsStepImport(_text, _log).All(body, new(_references)).ToList();
            if (steps.Count == 0) continue;
            _log.Changed(outcome.NameRange, $"what runs at the end ({outcome.Name}) is a job of its own, in a workspace of its own");
            Add($"post {outcome.Name}", outcome.NameRange, [new CheckoutStep { Source = outcome.NameRange }, .. steps], new() { Id = "post", When = when, Runner = scope.Runner, Container = scope.Container }, [.. _jobs.Where(j => !j.Id.StartsWith("post ", StringComparison.Ordinal)).Select(j => j.Id)]);
        }
    }
}
