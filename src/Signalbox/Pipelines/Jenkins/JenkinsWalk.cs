using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Jenkins;

/// <summary>Goes through a Jenkinsfile in the order it runs and gathers jobs: a stage with its steps is one.</summary>
/// <param name="assigned">What the file gives each variable.</param>
internal sealed class JenkinsWalk(YamlText text, IReadOnlyDictionary<string, IReadOnlyList<GroovyNode>>? assigned = null)
{
    private readonly List<JenkinsJobBuilder> _jobs = [];
    private readonly Dictionary<TextRange, JenkinsJobBuilder> _begun = [];
    private readonly List<JenkinsAgent> _agents = [];
    private List<Need> _before = [];

    public IReadOnlyList<JenkinsAgent> Agents => _agents;

    public IReadOnlyList<GroovyNode> Assigned(string variable) => assigned?.GetValueOrDefault(variable) ?? [];

    public IReadOnlyList<(Job Job, IReadOnlyList<JenkinsStep> Steps)> Jobs(TriggerKinds kinds) => [.. _jobs.Where(j => j.HasSteps).Select(j => j.Build(kinds, Needs(j)))];

    // a stage without a step becomes no job: what follows it waits for what was before it
    private IReadOnlyList<Need> Needs(JenkinsJobBuilder job)
    {
        if (job.Needs.All(n => Empty(n) is null)) return job.Needs;
        var (found, seen, open) = (new List<Need>(), new HashSet<Need>(), new Stack<Need>(job.Needs.Reverse()));
        while (open.TryPop(out var need))
        {
            if (!seen.Add(need)) continue;
            if (Empty(need) is not { } empty) found.Add(need);
            else foreach (var before in empty.Needs.Reverse()) open.Push(before);
        }
        return found;
    }

    private JenkinsJobBuilder? Empty(Need need) => _begun.TryGetValue(need.Range, out var job) && !job.HasSteps ? job : null;

    public void Declarative(GroovyBlock pipeline)
    {
        var scope = Enter(pipeline, JenkinsScope.Empty);
        Stages(pipeline.Call("stages")?.Block, scope);
        if (pipeline.Call("post") is { Block: { } } post) Post(post, Begin("post", post.NameRange, post.Range, scope, null), scope);
    }

    public void Scripted(GroovyBlock root) => new JenkinsStepWalk(this, text).Statements(root, JenkinsScope.Empty, null);

    /// <summary>Begins a job that runs after those that were there.</summary>
    public JenkinsJobBuilder Begin(string name, TextRange range, TextRange body, JenkinsScope scope, GroovyCall? when)
    {
        var job = new JenkinsJobBuilder(name, range, body, scope, when, [.. _before], text);
        _jobs.Add(job);
        _begun[range] = job;
        _before = [new(name, range)];
        return job;
    }

    /// <summary>Runs several ways side by side: each begins where all begin, what follows waits for all.</summary>
    public void Parallel(IEnumerable<Action> ways)
    {
        var (start, ends) = (_before, new List<Need>());
        foreach (var way in ways)
        {
            _before = start;
            way();
            if (!ReferenceEquals(_before, start)) ends.AddRange(_before);
        }
        _before = ends.Count > 0 ? [.. ends.Take(200)] : start;
    }

    public void Agent(string? label, bool image, TextRange range) => _agents.Add(new(label, image, range));

    private void Stages(GroovyBlock? stages, JenkinsScope scope)
    {
        foreach (var stage in stages?.Calls.Where(c => c.Name == "stage") ?? []) Stage(stage, scope);
    }

    private void Stage(GroovyCall stage, JenkinsScope outer)
    {
        if (stage.Block is not { } block) return;
        var scope = Enter(block, outer with { Lenient = null });
        if (block.Call("when")?.Block is { } when) scope = scope.Where(JenkinsRequests.When(when, text));
        var name = (stage.First as GroovyText)?.String.Value ?? "stage";
        if (block.Call("parallel")?.Block is { } parallel) Parallel(parallel.Calls.Where(c => c.Name == "stage").Select(c => (Action)(() => Stage(c, scope))));
        Stages(block.Call("stages")?.Block, scope);
        Stages(block.Call("matrix")?.Block?.Call("stages")?.Block, block.Call("matrix")?.Block is { } matrix ? Enter(matrix, scope) : scope);
        if (block.Call("steps") is not { Block: { } steps }) return;
        var job = Begin(name, stage.First?.Range ?? stage.NameRange, stage.Range, scope, block.Call("when"));
        if (block.Call("input") is { } input) job.Manual ??= input.NameRange;
        new JenkinsStepWalk(this, text).Statements(steps, scope, job);
        if (block.Call("post") is { } post) Post(post, job, scope);
    }

    private void Post(GroovyCall post, JenkinsJobBuilder job, JenkinsScope scope)
    {
        foreach (var outcome in post.Block?.Calls ?? [])
            if (outcome.Block is { } block) new JenkinsStepWalk(this, text).Statements(block, scope, job);
    }

    /// <summary>What a block's own agent, environment and options add.</summary>
    private JenkinsScope Enter(GroovyBlock block, JenkinsScope scope)
    {
        if (block.Call("agent") is { } agent) scope = JenkinsAgents.Declared(agent, scope, this);
        foreach (var entry in block.Call("environment")?.Block?.Statements.OfType<GroovyOperation>() ?? [])
            if (entry is { IsAssignment: true, Operands: [GroovyName name, var value, ..] })
                scope = value is GroovyCall { Name: "credentials" } ? scope.WithSecrets(name.Path, name.Path + "_USR", name.Path + "_PSW") : scope.WithVariable(new(name.Path, (value as GroovyText)?.String.Value, entry.Range));
        if (block.Call("options")?.Block is { } options)
        {
            if (options.Call("retry") is { } retry) scope = scope with { Retry = JenkinsStepWalk.ReadRetry(retry) };
            if (options.Call("timeout") is { } timeout) scope = scope with { Timeout = JenkinsStepWalk.ReadTimeout(timeout) };
        }
        return scope;
    }
}
