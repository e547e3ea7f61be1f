using Signalbox.Pipelines.Jenkins.Portable;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Pipelines.Jenkins;

/// <summary>
/// Writes declarative Jenkinsfiles (jenkins.io, "Pipeline Syntax"). Stages run one after the other: jobs whose needs end at the same
/// time stand side by side in one. The same pipeline gives the same text.
/// </summary>
public sealed class JenkinsWriter
{
    private readonly PortablePipeline _pipeline;
    private readonly CarriageLog _log;
    private readonly GroovyOut _out = new();

    // what a person must see to before any job may go on
    private readonly List<string> _lost = [];

    private JenkinsWriter(PortablePipeline pipeline, CarriageLog log) => (_pipeline, _log) = (pipeline, log);

    /// <summary>What Jenkins cannot say is in <paramref name="log"/>, and stands as a comment or a failing step in the text.</summary>
    public static string Write(PortablePipeline pipeline, CarriageLog log) => new JenkinsWriter(pipeline, log).Write();

    private string Write()
    {
        if (_pipeline.Name is { } name) _out.Comment(name);
        var after = _pipeline.Jobs.Where(IsAfter).ToList();
        _out.Block("pipeline", () =>
        {
            _out.Line(after.Count > 0 ? "agent any" : "agent none");
            Options();
            Triggers();
            Parameters();
            Environment(_pipeline.Variables, _lost);
            Stages([.. _pipeline.Jobs.Except(after)]);
            if (after.Count > 0) Post(after);
        });
        Permissions(_pipeline.Permissions);
        return _out.ToString();
    }

    // what runs however the others ended, and nothing waits for, is no stage
    private bool IsAfter(PortableJob job) => job is { When: not RunsWhen.Succeeded, If: null, Matrix: null, Manual: false } && !_pipeline.Jobs.Any(j => j.Needs.Contains(job.Id));

    private void Options()
    {
        if (_pipeline.Concurrency is not { } concurrency) return;
        if (concurrency.Group is { } group) _log.Changed(concurrency.Source, $"the group {group} is the branch's builds on Jenkins");
        _out.Block("options", () => _out.Line(concurrency.CancelsRunning ? "disableConcurrentBuilds(abortPrevious: true)" : "disableConcurrentBuilds()"));
    }

    private void Triggers()
    {
        foreach (var trigger in _pipeline.Triggers)
        {
            if (trigger.Branches is not null || trigger.Tags is { Count: > 0 } || trigger.IgnoredBranches.Count > 0) _log.Left(trigger.Source, $"which branches and tags start it ({string.Join(", ", [.. trigger.Branches ?? [], .. trigger.Tags ?? (trigger.Branches is { Count: 0 } ? ["every tag"] : []), .. trigger.IgnoredBranches])}) is set in the project", "a multibranch project: Branch Sources > Filter by name");
            if (trigger.Paths.Count + trigger.IgnoredPaths.Count > 0) _log.Left(trigger.Source, "which files start it is not carried", "when { changeset 'src/**' } in each stage");
            if (trigger.Event == PortableEvent.Called) _log.Left(trigger.Source, "being called by another pipeline is not carried", "triggers { upstream('NAME') }");
            else if (trigger.Event == PortableEvent.Schedule && trigger.Crons.Count == 0) _log.Left(trigger.Source, "the times of the schedule are not in the file", "triggers { cron('0 3 * * *') }");
            else _log.Whole(trigger.Source, $"on {trigger.Event}");
        }
        var crons = _pipeline.Triggers.Where(t => t.Event == PortableEvent.Schedule).SelectMany(t => t.Crons).ToList();
        if (crons.Count > 0) _out.Block("triggers", () => _out.Line($"cron({GroovyOut.Quoted(string.Join('\n', crons))})"));
    }

    private void Parameters()
    {
        if (_pipeline.Inputs.Count == 0) return;
        _out.Block("parameters", () =>
        {
            foreach (var input in _pipeline.Inputs)
            {
                var rest = input.Description is { } d ? $", description: {GroovyOut.Quoted(d)}" : "";
                var name = GroovyOut.Quoted(Names.Variable(input.Name));
                if (input.IsBoolean) _out.Line($"booleanParam(name: {name}, defaultValue: {(input.Default == "true" ? "true" : "false")}{rest})");
                else if (input.Choices.Count > 0) _out.Line($"choice(name: {name}, choices: [{string.Join(", ", input.Choices.Select(GroovyOut.Quoted))}]{rest})");
                else _out.Line($"string(name: {name}, defaultValue: {GroovyOut.Quoted(input.Default ?? "")}{rest})");
            }
        });
    }

    private void Environment(IReadOnlyList<PortableVariable> all, List<string> lost)
    {
        // a variable of the controller or folder is in every stage under its own name; said anew it would be the word null where it is not set
        var declared = all.Where(v => (v.Value.Parts is not [{ Reference: { Kind: ReferenceKind.Setting } same }] || same.Name != v.Name) && !IsHalf(v, all)).ToList();
        if (declared.Count == 0) return;
        // a secret within a longer text must be there under its own name
        var bound = declared.Where(v => v.Value.Parts.Count > 1).SelectMany(v => v.Value.References).Where(r => r.Kind == ReferenceKind.Secret).Distinct().Select(r => new PortableVariable(Names.Variable(r.Name!), PortableText.Of(r)));
        PortableVariable[] variables = [.. bound.Where(b => !declared.Any(v => v.Name == b.Name)), .. declared];
        foreach (var odd in declared.Where(v => v.Value.References.Any(r => JenkinsReferences.Name(r) is null))) lost.Add($"the variable {odd.Name}: {odd.Value} is not carried");
        _out.Block("environment", () =>
        {
            foreach (var variable in variables)
                if (variable.Value.Parts is [{ Reference: { Kind: ReferenceKind.Secret, Name: { } secret } }])
                {
                    JenkinsStepWriter.SaySecret(secret, variable.Source, _log);
                    _out.Line($"{Names.Variable(variable.Name)} = credentials({GroovyOut.Quoted(secret)})");
                }
                else _out.Line($"{Names.Variable(variable.Name)} = {JenkinsStepWriter.Value(variable.Value, variable.Source, _log)}");
        });
    }

    // the user and the password of credentials are there with them
    private static bool IsHalf(PortableVariable variable, IReadOnlyList<PortableVariable> all) =>
        variable.Value.Parts is [{ Reference: { Kind: ReferenceKind.Secret, Name: [.. var secret, '_', _, _, _] half } }] && half[^4..] is "_USR" or "_PSW"
        && variable.Name.EndsWith(half[^4..], StringComparison.Ordinal) && all.Any(v => v.Name == variable.Name[..^4] && v.Value.Parts is [{ Reference: { Kind: ReferenceKind.Secret } whole }] && whole.Name == secret);

    private void Permissions(PortablePermissions? permissions)
    {
        if (permissions is not null) _log.Changed(permissions.Source, "a build has no token of its own on Jenkins", "credentials with as few rights, used in the stage that needs them");
    }

    private void Stages(IReadOnlyList<PortableJob> jobs)
    {
        var layers = Layers.Of(_pipeline with { Jobs = jobs });
        var reached = Reached(jobs);
        _out.Block("stages", () =>
        {
            if (jobs.Count == 0) _out.Block("stage('nothing')", () => _out.Block("steps", () => _out.Line("echo 'nothing to do'")));
            foreach (var layer in jobs.GroupBy(j => layers.GetValueOrDefault(j.Id)).OrderBy(g => g.Key))
            {
                // neither a matrix nor another parallel may stand within parallel stages
                var side = layer.Where(j => j.Matrix is null).ToList();
                if (side.Count > 1) _out.Block($"stage({GroovyOut.Quoted($"stage-{layer.Key + 1}")})", () => _out.Block("parallel", () => { foreach (var job in side) Stage(job); }));
                else if (side.Count == 1) Stage(side[0]);
                foreach (var job in layer.Where(j => j.Matrix is not null)) Stage(job);
            }
        });
        foreach (var job in jobs)
        {
            var more = jobs.Where(j => layers.GetValueOrDefault(j.Id) < layers.GetValueOrDefault(job.Id) && !reached[job.Id].Contains(j.Id)).Select(j => j.Id).ToList();
            if (more.Count > 0) _log.Changed(job.Source, $"job {job.Id} also waits for {string.Join(", ", more)}: stages run one after the other");
        }
    }

    private static Dictionary<string, HashSet<string>> Reached(IReadOnlyList<PortableJob> jobs)
    {
        var all = jobs.ToDictionary(j => j.Id, j => j.Needs.ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var needs in all.Values)
                foreach (var need in needs.ToList())
                    if (all.TryGetValue(need, out var further)) changed |= further.Except(needs).ToList() is { Count: > 0 } more && Added(needs, more);
        }
        return all;
    }

    private static bool Added(HashSet<string> needs, List<string> more)
    {
        needs.UnionWith(more);
        return true;
    }

    private void Stage(PortableJob job)
    {
        _log.Whole(job.Source, $"job {job.Id}");
        var lost = Lost(job);
        if (job.Needs.Count == 0) lost.InsertRange(0, _lost);
        _out.Block($"stage({GroovyOut.Quoted(job.Id)})", () =>
        {
            if (job.Name is { } name && name != job.Id) _out.Comment(name);
            if (job.Matrix is { StopsAtFailure: true }) _out.Line("failFast true");
            if (job.Matrix is not { } matrix) { Body(job, lost); return; }
            _out.Block("matrix", () =>
            {
                Matrix(matrix, lost);
                _out.Block("stages", () => _out.Block($"stage({GroovyOut.Quoted(job.Id)})", () => Body(job, lost)));
            });
        });
    }

    private List<string> Lost(PortableJob job)
    {
        var lost = new List<string>();
        if (JenkinsConditions.Problem(job.If) is { } problem) Add($"its condition is not carried: {problem}", "when { expression { … } }");
        if (job.When != RunsWhen.Succeeded) Add($"a stage does not run after a failure ({job.When})", "post { always { … } }");
        if (job.Calls is { } calls) Add($"{calls.Uses} is not carried", "write its steps here");
        if (job.Services.Count > 0) Add($"the services {string.Join(", ", job.Services.Select(s => s.Image))} are not carried", "docker.image('…').withRun { … }");
        if (job.Outputs.Count > 0) _log.Left(job.Source, $"job {job.Id}: its outputs {string.Join(", ", job.Outputs.Select(o => o.Name))} are not carried", "env.NAME in a script block");
        if (job.Environment is { } environment) _log.Changed(environment.Source, $"job {job.Id}: Jenkins has no environments; {environment.Name} is said in a comment", "a lock, and credentials of a folder of its own");
        if (job.Concurrency is { } concurrency) _log.Changed(concurrency.Source, $"job {job.Id}: its group is a lock, and who holds it is waited for", "the Lockable Resources plug-in");
        Permissions(job.Permissions);
        return lost;

        void Add(string what, string nearest)
        {
            _log.Left(job.Source, $"job {job.Id}: {what}", nearest);
            lost.Add($"job {job.Id}: {what}");
        }
    }

    private void Body(PortableJob job, List<string> lost)
    {
        Agent(job, lost);
        if (job.Environment is { } environment) _out.Comment($"environment: {environment.Name}");
        if (job.If is { } condition && JenkinsConditions.Problem(condition) is null)
        {
            JenkinsConditions.Write(condition, job.Manual, _out);
            if (condition.Everything().Any(c => c is EventIs { Event: PortableEvent.Push })) _log.Changed(job.Source, $"job {job.Id}: a push is a build that no proposed change, time, person or other pipeline started", concern: Concern.Work);
        }
        if (job is { Manual: true, FailureIgnored: true }) _log.Changed(job.Source, $"job {job.Id}: the whole build waits until a person answers, and went on without", "a job of its own, or a parameter that asks before the build", Concern.Work);
        if (job.Manual) _out.Block("input", () => _out.Line($"message {GroovyOut.Quoted($"Start {job.Id}?")}"));
        var checkout = job.Steps.OfType<CheckoutStep>().FirstOrDefault();
        if (job.Timeout is not null || job.Retries > 0 || checkout is null || job.Concurrency is not null)
            _out.Block("options", () =>
            {
                if (checkout is null) _out.Line("skipDefaultCheckout()");
                if (job.Timeout is { } time) _out.Line($"timeout(time: {(int)Math.Ceiling(time.TotalMinutes)}, unit: 'MINUTES')");
                if (job.Retries > 0) _out.Line($"retry({job.Retries + 1})");
                if (job.Concurrency is { } concurrency) _out.Line($"lock({JenkinsStepWriter.Value(concurrency.Group ?? PortableText.Of(job.Id), concurrency.Source, _log)})");
            });
        Environment([.. job.Variables, .. job.Container?.Variables ?? []], lost);
        new JenkinsStepWriter(job, _out, _log).Write(lost);
    }

    private void Agent(PortableJob job, List<string> lost)
    {
        var setups = job.Steps.OfType<SetupStep>().ToList();
        var image = job.Container;
        foreach (var kept in setups.Where(s => s.Cache is not null)) _log.Changed(kept.Source, $"the downloads of {kept.Cache} are not kept", "the Job Cacher plug-in");
        var comes = image is null && setups is [var first, ..] && ToolImage.Untagged(first, job.Matrix) is null;
        if (comes && setups is [var setup, ..])
        {
            image = new(ToolImage.Of(setup));
            _log.Changed(setup.Source, $"{setup.Tool} comes with the image {image.Image}");
        }
        foreach (var more in setups.Skip(comes ? 1 : 0))
        {
            _log.Left(more.Source, $"{more.Tool} is not set up", "an image with all the tools of the job");
            lost.Add($"{more.Tool} must be in the job's image");
        }
        var label = job.Runner.SelfHosted || job.Runner.Of == Platform.Jenkins ? string.Join(" && ", job.Runner.Labels.Select(l => l.ToString())) : job.Runner.System switch { RunnerSystem.Windows => "windows", RunnerSystem.MacOs => "macos", _ => "" };
        if (MatrixValues.OtherSystems(job) is { Count: > 0 } others)
        {
            var named = string.Join(", ", others);
            _log.Left(job.Source, $"job {job.Id}: the combinations on {named} are not carried: all would run on one node", "a stage for each system, with its label");
            lost.Add($"its combinations on {named} need a node of their own");
        }
        else if (job.Runner.Labels.Count > 0 && !job.Runner.SelfHosted) _log.Changed(job.Source, $"job {job.Id}: a node of Jenkins instead of {string.Join(", ", job.Runner.Labels)}", "label the nodes");
        if (image is null && label.Length == 0) { _out.Line("agent any"); return; }
        var single = job.Runner.Labels is [var only] && job.Runner.SelfHosted ? JenkinsStepWriter.Value(only, job.Source, _log) : GroovyOut.Quoted(label);
        _out.Block("agent", () =>
        {
            if (image is null) { _out.Line($"label {single}"); return; }
            _out.Block("docker", () =>
            {
                _out.Line($"image {JenkinsStepWriter.Value(image.Image, image.Source, _log)}");
                if (label.Length > 0) _out.Line($"label {single}");
                if ((image.Options ?? (image.ClearsEntrypoint ? "--entrypoint=" : null)) is { } options) _out.Line($"args {GroovyOut.Quoted(options)}");
            });
        });
        if (image?.Ports.Count > 0) _log.Left(image.Source, $"the ports of {image.Image} are not carried", "args '-p …'");
    }

    private void Matrix(PortableMatrix matrix, List<string> lost)
    {
        var combinations = matrix.Combinations();
        var names = combinations.SelectMany(c => c.Select(p => p.Name)).Distinct(StringComparer.Ordinal).ToList();
        var axes = matrix.Include.Count == 0 ? matrix.Axes : [.. names.Select(n => (n, (IReadOnlyList<string>)[.. combinations.SelectMany(c => c.Where(p => p.Name == n)).Select(p => p.Value).Distinct(StringComparer.Ordinal)]))];
        var excludes = matrix.Include.Count == 0 ? matrix.Exclude : [.. new PortableMatrix(axes, [], []).Combinations().Where(c => !combinations.Any(o => o.Count == c.Count && o.All(c.Contains)))];
        if (combinations.Any(c => c.Count != names.Count) || excludes.Count > 60)
        {
            _log.Left(matrix.Source, "a matrix whose combinations have different axes is not carried", "a matrix for each kind");
            lost.Add("a matrix whose combinations have different axes");
            excludes = [];
        }
        if (matrix.MostParallel is not null) _log.Left(matrix.Source, "how many run side by side is not carried", "the nodes' executors");
        _out.Block("axes", () => { foreach (var (name, values) in axes) _out.Block("axis", () => Axis(name, values)); });
        if (excludes.Count > 0)
            _out.Block("excludes", () =>
            {
                foreach (var exclude in excludes)
                    _out.Block("exclude", () => { foreach (var (name, value) in exclude) _out.Block("axis", () => Axis(name, [value])); });
            });
    }

    private void Axis(string name, IReadOnlyList<string> values)
    {
        _out.Line($"name {GroovyOut.Quoted(Names.Variable(name))}");
        _out.Line($"values {string.Join(", ", values.Select(GroovyOut.Quoted))}");
    }

    private void Post(List<PortableJob> jobs) => _out.Block("post", () =>
    {
        foreach (var group in jobs.GroupBy(j => j.When == RunsWhen.Failed))
            _out.Block(group.Key ? "failure" : "always", () =>
            {
                foreach (var job in group)
                {
                    _log.Changed(job.Source, $"job {job.Id} runs at the end of the whole pipeline");
                    _out.Comment(job.Id);
                    if (job.Container is not null || job.Services.Count > 0) _log.Left(job.Source, $"job {job.Id}: its container is not carried", "docker.image('…').inside { … }");
                    new JenkinsStepWriter(job, _out, _log).Plain();
                }
            });
    });
}
