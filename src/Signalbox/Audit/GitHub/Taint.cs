using Signalbox.Audit.Shell;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitHub;

/// <summary>One value that flows into an expression.</summary>
/// <param name="Path">The context it is read from: <c>github.event.issue.title</c>.</param>
/// <param name="Via">The way it took, from the expression backwards: <c>env.TITLE</c>, <c>needs.a.outputs.b</c>; empty where it is read directly.</param>
internal sealed record TaintSource(string Path, Control Control, IReadOnlyList<string> Via)
{
    /// <summary>How sure it is that an outsider writes it.</summary>
    public Confidence Confidence { get; init; } = Confidence.High;
}

/// <summary>The file, job and step an expression stands in.</summary>
internal readonly record struct TaintPlace(Pipeline Pipeline, YamlMapping Root, Job? Job, Step? Step);

/// <summary>
/// Follows values from where they are used to where they come from: through env at three levels, outputs of steps and jobs,
/// files of the runner (GITHUB_OUTPUT, GITHUB_ENV), inputs of called workflows and composite actions of the repository.
/// </summary>
internal sealed class Taint(Repository repository)
{
    // a longer way than that is taken as unknown
    private const int Furthest = 8;

    /// <summary>What flows into the value of an expression, each source once.</summary>
    public IReadOnlyList<TaintSource> Into(Expression expression, TaintPlace place)
    {
        var found = new List<TaintSource>();
        Follow(expression, place, [], found);
        return found.DistinctBy(s => s.Path).ToList();
    }

    /// <summary>What flows into a piece of a script, as far as it is no expression that stands there itself.</summary>
    public IReadOnlyList<TaintSource> Into(ShellOrigin origin, TaintPlace place)
    {
        var found = new List<TaintSource>();
        if (origin.Written is null) Origin(origin, place, [], found);
        return found;
    }

    private void Follow(Expression expression, TaintPlace place, IReadOnlyList<string> via, List<TaintSource> found)
    {
        foreach (var leaf in ExpressionFlow.Leaves(expression))
        {
            // a property of a call's result: nothing is known but what went in
            if (leaf.Path is not { } path)
            {
                found.Add(new(leaf.All().First(e => e.Path is not null || e.Children.Count == 0).Path ?? "a computed value", Control.Unknown, via));
                continue;
            }
            var control = ContextTrust.Of(path);
            if (control != Control.Unknown) found.Add(new(path, control, via));
            else if (via.Count >= Furthest || !Behind(path, place, [.. via, path], found)) found.Add(new(path, Control.Unknown, via));
        }
    }

    /// <summary>Goes on behind a value of the workflow itself.</summary>
    /// <returns>Whether where it comes from could be seen.</returns>
    private bool Behind(string path, TaintPlace place, IReadOnlyList<string> via, List<TaintSource> found)
    {
        var parts = path.Split('.');
        return (parts[0], parts.Length) switch
        {
            ("env", 2) => Environment(parts[1], place, via, found),
            ("steps", 4) when parts[2] == "outputs" => StepOutput(parts[1], parts[3], place, via, found),
            ("needs", 4) when parts[2] == "outputs" => JobOutput(parts[1], parts[3], place, via, found),
            ("matrix", >= 2) => MatrixValue(parts[1], place, via, found),
            ("inputs", 2) => Input(parts[1], place, via, found),
            ("github", 4) when parts[1] == "event" && parts[2] == "inputs" => Input(parts[3], place, via, found),
            _ => false,
        };
    }

    private bool Environment(string name, TaintPlace place, IReadOnlyList<string> via, List<TaintSource> found)
    {
        foreach (var level in (IReadOnlyList<Variable>?[])[place.Step?.Variables, place.Job?.Variables, place.Pipeline.Variables])
            if (level?.FirstOrDefault(v => v.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } variable)
                return Text(variable.Node, place, via, found);
        return WrittenBefore("GITHUB_ENV", name, null, place, via, found);
    }

    private bool StepOutput(string id, string name, TaintPlace place, IReadOnlyList<string> via, List<TaintSource> found)
    {
        if (place.Job?.Steps.FirstOrDefault(s => id.Equals(s.Id, StringComparison.OrdinalIgnoreCase)) is not { } step) return false;
        if (step.Script is not null) return WrittenBefore("GITHUB_OUTPUT", name, step, place, via, found);
        if (step.Uses is not { } uses) return false;
        if (GitHubScripts.Is(uses)) return Scripted(step, name, via, found);
        if (new LocalCode(repository, place.Pipeline.Path).Action(uses) is { } action)
            return action.Root.Get("outputs", name, "value") is { } value && Text(value, new(action.Fragment, action.Root, action.Runs, null), via, found);
        if (!KnownTaintedOutput(uses, name)) return false;
        found.Add(new($"{uses.Name}: {name}", Control.Free, via));
        return true;
    }

    private static bool Scripted(Step step, string output, IReadOnlyList<string> via, List<TaintSource> found)
    {
        var sources = GitHubScripts.Sources(step, output).Select(p => new TaintSource(p, ContextTrust.Of(p), via)).ToList();
        found.AddRange(sources);
        return sources.Count > 0;
    }

    // file names and branch names are an outsider's text; the outputs are documented in each action's README
    private static bool KnownTaintedOutput(UsedCode uses, string output) => uses.Repository.ToLowerInvariant() switch
    {
        "tj-actions/changed-files" or "jitterbit/get-changed-files" or "trilom/file-changes-action" => output.EndsWith("files", StringComparison.OrdinalIgnoreCase) || output is "all" or "added" or "modified",
        "tj-actions/branch-names" => output is "current_branch" or "head_ref_branch" or "ref_branch",
        "dorny/paths-filter" => output.EndsWith("_files", StringComparison.OrdinalIgnoreCase),
        "xt0rted/pull-request-comment-branch" => output is "head_ref",
        "potiuk/get-workflow-origin" => output is "sourceheadbranch" or "targetbranch",
        "peter-evans/find-comment" => output is "comment-body",
        "actions-cool/check-user-permission" => false,
        _ => false,
    };

    private bool JobOutput(string id, string name, TaintPlace place, IReadOnlyList<string> via, List<TaintSource> found)
    {
        if (place.Pipeline.Jobs.FirstOrDefault(j => j.Id.Equals(id, StringComparison.OrdinalIgnoreCase)) is not { } job) return false;
        if (job.Calls is { } calls)
            return new LocalCode(repository, place.Pipeline.Path).Workflow(calls) is { } called
                && called.Trigger("workflow_call")?.Node.Get("outputs").Entries().FirstOrDefault(e => Same(e, name))?.Value.Get("value") is { } output
                && Text(output, new(called.Pipeline, called.Root, null, null), via, found);
        return job.Node.Get("outputs").Entries().FirstOrDefault(e => Same(e, name))?.Value is { } value && Text(value, place with { Job = job, Step = null }, via, found);
    }

    private bool MatrixValue(string axis, TaintPlace place, IReadOnlyList<string> via, List<TaintSource> found)
    {
        if (place.Job?.Matrix?.Node is not YamlMapping matrix) return place.Job?.Matrix?.Node is YamlScalar whole && Text(whole, place, via, found);
        var all = true;
        foreach (var entry in matrix.Entries().Where(e => Same(e, axis))) all &= Within(entry.Value, place, via, found);
        if (matrix.Get("include") is { } include) all &= include is YamlSequence ? include.Items().All(i => i is YamlMapping map ? map.Get(axis) is not { } value || Within(value, place, via, found) : Within(i, place, via, found)) : Within(include, place, via, found);
        return all;
    }

    private bool Within(YamlNode node, TaintPlace place, IReadOnlyList<string> via, List<TaintSource> found) => node switch
    {
        YamlSequence list => list.Items.All(i => Within(i, place, via, found)),
        YamlMapping map => map.Entries().All(e => Within(e.Value, place, via, found)),
        _ => Text(node, place, via, found),
    };

    /// <summary>What the callers in this repository hand in; where there is none it stays unknown.</summary>
    private bool Input(string name, TaintPlace place, IReadOnlyList<string> via, List<TaintSource> found)
    {
        if (InputKind(name, place) is "boolean" or "number" or "choice") return true;
        var seen = false;
        foreach (var (caller, job, step) in repository.CallersOf(place.Root))
            seen |= Given((step?.Node ?? job.Node).Get("with"), name, new(caller.Pipeline, caller.Root, job, step), via, found);
        return seen && found.Count > 0;
    }

    private bool Given(YamlNode? with, string name, TaintPlace caller, IReadOnlyList<string> via, List<TaintSource> found) =>
        with.Entries().FirstOrDefault(e => Same(e, name))?.Value is { } value && Text(value, caller, via, found);

    private static string? InputKind(string name, TaintPlace place)
    {
        foreach (var trigger in place.Pipeline.Triggers)
            if (trigger.Node.Get("inputs").Entries().FirstOrDefault(e => Same(e, name))?.Value.Text("type") is { } type) return type;
        return null;
    }

    private static bool Same(YamlEntry entry, string name) => entry.Key.Value.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>What flows into a value of the YAML.</summary>
    /// <returns>Whether everything in it could be seen.</returns>
    private bool Text(YamlNode? node, TaintPlace place, IReadOnlyList<string> via, List<TaintSource> found)
    {
        if (node is not YamlScalar scalar) return node is null;
        if (ExpressionText.Read(scalar, ExpressionPlace.StepRun, ValueShape.Text, null, null) is not { } text) return true;
        if (via.Count >= Furthest) return false;
        foreach (var part in text.Parts)
            if (part.Root is { } root) Follow(root, place, via, found);
        return true;
    }

    /// <summary>What a step writes under a name into one of the runner's files.</summary>
    private bool WrittenBefore(string file, string name, Step? only, TaintPlace place, IReadOnlyList<string> via, List<TaintSource> found)
    {
        var seen = false;
        foreach (var step in place.Job?.Steps ?? [])
        {
            if (only is not null ? !ReferenceEquals(step, only) : ReferenceEquals(step, place.Step)) { if (only is null) break; continue; }
            if (step.Script is not { } script || !script.Text.Contains(name, StringComparison.OrdinalIgnoreCase)) continue;
            foreach (var write in RunnerFileWrites.Of(script, file).Where(w => w.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                seen = true;
                Words(script, write, place with { Step = step }, via, found);
            }
        }
        return seen;
    }

    /// <summary>What flows into a value that a script writes: expressions, variables of the environment, and what programs fetch.</summary>
    private void Words(Script script, RunnerFileWrite write, TaintPlace place, IReadOnlyList<string> via, List<TaintSource> found)
    {
        if (via.Count >= Furthest) return;
        foreach (var origin in new ShellFlow([script.Shell]).Into(write.Value, 0, write.Range.Start)) Origin(origin, place, via, found);
    }

    private void Origin(ShellOrigin origin, TaintPlace place, IReadOnlyList<string> via, List<TaintSource> found)
    {
        IReadOnlyList<string> way = [.. via, .. origin.Via];
        if (origin.Outside is { } fetched) found.Add(new(fetched, Control.Free, way));
        else if (origin.File is { } file)
        {
            if (ForeignArtifacts.Holds(place, file, repository)) found.Add(new($"{file} of an artifact", Control.Free, way) { Confidence = Confidence.Medium });
        }
        else if (origin.Written is { } text) Expressions(text, place, way, found);
        else if (origin.Variable is { } name && !Environment(name, place, [.. way, $"${name}"], found) && RunnersOwn(name) is { } path) found.Add(new(path, ContextTrust.Of(path), way));
    }

    // the runner hands these contexts over as variables, too; docs.github.com, "Variables reference"
    private static string? RunnersOwn(string name) =>
        name is "GITHUB_HEAD_REF" or "GITHUB_BASE_REF" or "GITHUB_REF" or "GITHUB_REF_NAME" or "GITHUB_ACTOR" or "GITHUB_TRIGGERING_ACTOR" ? "github." + name["GITHUB_".Length..].ToLowerInvariant() : null;

    private void Expressions(string text, TaintPlace place, IReadOnlyList<string> via, List<TaintSource> found)
    {
        for (var at = text.IndexOf("${{", StringComparison.Ordinal); at >= 0; at = text.IndexOf("${{", at, StringComparison.Ordinal))
        {
            var parsed = ExpressionParser.Fenced(text, at + 3);
            if (parsed.Root is { } root) Follow(root, place, via, found);
            at = Math.Max(at + 3, parsed.End);
        }
    }
}
