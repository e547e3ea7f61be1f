using Signalbox.Diagnostics;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitHub;

/// <summary>What starts a workflow on an outsider's event with the repository's rights: its own triggers, or a workflow of the repository that calls it.</summary>
internal sealed class PrivilegedCallers
{
    private readonly Repository _repository;
    private readonly List<LocalCaller> _callers = [];
    private readonly GitHubWorkflow _workflow;
    private readonly bool _own;

    // who calls each of the workflows between, on the way from a privileged one
    private readonly Dictionary<YamlMapping, List<LocalCaller>> _ways = new(ReferenceEqualityComparer.Instance);

    public PrivilegedCallers(Repository repository, GitHubWorkflow workflow)
    {
        _repository = repository;
        _workflow = workflow;
        _own = IsPrivileged(workflow);
        if (workflow.IsReusable) Collect(workflow);
    }

    public bool Any => _own || _callers.Count > 0;

    /// <summary>The file of the caller without which nobody starts it so; null where its own triggers do.</summary>
    public string? Path => _own || _callers.Count == 0 ? null : _callers[0].Workflow.Pipeline.Path;

    /// <summary>Where the caller calls.</summary>
    public IEnumerable<Location> At => Path is { } path && _repository.Open(path) is { } file ? [file.At(_callers[0].Job.Calls?.Range ?? _callers[0].Job.Range, "it is called here")] : [];

    /// <summary>Whether the outsider's run has something to take: secrets, or a token that writes.</summary>
    public bool HandsOver => _own || _callers.Any(c => c.Job.Node.Entry("secrets") is not null || (c.Job.Permissions ?? c.Workflow.Pipeline.Permissions)?.CanWrite != false);

    /// <summary>What callers hand in for an input, and theirs for what they only hand on.</summary>
    public IEnumerable<string> Given(string input) => Given(_workflow.Root, input, []);

    private IEnumerable<string> Given(YamlMapping called, string input, HashSet<(YamlMapping, string)> seen)
    {
        if (!seen.Add((called, input)) || !_ways.TryGetValue(called, out var callers)) yield break;
        foreach (var caller in callers)
        {
            if (caller.Job.Node.Get("with").Text(input) is not { } value) continue;
            yield return value;
            foreach (var name in UntrustedCode.InputsIn(value))
                foreach (var given in Given(caller.Workflow.Root, name, seen)) yield return given;
        }
    }

    /// <returns>Whether a privileged run leads there.</returns>
    private bool Collect(GitHubWorkflow called)
    {
        if (_ways.TryGetValue(called.Root, out var known)) return known.Count > 0;
        var callers = _ways[called.Root] = [];
        foreach (var caller in _repository.CallersOf(called.Root))
        {
            if (caller.Step is not null || OwnChanges.Only(caller.Workflow.Pipeline, caller.Job)) continue;
            var isPrivileged = IsPrivileged(caller.Workflow);
            if (isPrivileged) _callers.Add(caller);
            if ((caller.Workflow.IsReusable && Collect(caller.Workflow)) || isPrivileged) callers.Add(caller);
        }
        return callers.Count > 0;
    }

    private static bool IsPrivileged(GitHubWorkflow workflow) => workflow.Pipeline.Triggers.Any(t => t.Kind == TriggerKinds.Privileged);
}
