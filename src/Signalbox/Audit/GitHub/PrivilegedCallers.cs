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
    private readonly bool _own;

    public PrivilegedCallers(Repository repository, GitHubWorkflow workflow)
    {
        _repository = repository;
        _own = IsPrivileged(workflow);
        if (workflow.IsReusable) Collect(workflow, [workflow.Root]);
    }

    public bool Any => _own || _callers.Count > 0;

    /// <summary>The file of the caller without which nobody starts it so; null where its own triggers do.</summary>
    public string? Path => _own || _callers.Count == 0 ? null : _callers[0].Workflow.Pipeline.Path;

    /// <summary>Where the caller calls.</summary>
    public IEnumerable<Location> At => Path is { } path && _repository.Open(path) is { } file ? [file.At(_callers[0].Job.Calls?.Range ?? _callers[0].Job.Range, "it is called here")] : [];

    /// <summary>Whether the outsider's run has something to take: secrets, or a token that writes.</summary>
    public bool HandsOver => _own || _callers.Any(c => c.Job.Node.Entry("secrets") is not null || (c.Job.Permissions ?? c.Workflow.Pipeline.Permissions)?.CanWrite != false);

    /// <summary>What callers hand in for an input.</summary>
    public IEnumerable<string> Given(string input) => _callers.Select(c => c.Job.Node.Get("with").Text(input)).OfType<string>();

    private void Collect(GitHubWorkflow called, HashSet<YamlMapping> seen)
    {
        foreach (var caller in _repository.CallersOf(called.Root))
        {
            if (caller.Step is not null || OwnChanges.Only(caller.Workflow.Pipeline, caller.Job)) continue;
            if (IsPrivileged(caller.Workflow)) _callers.Add(caller);
            else if (caller.Workflow.IsReusable && seen.Add(caller.Workflow.Root)) Collect(caller.Workflow, seen);
        }
    }

    private static bool IsPrivileged(GitHubWorkflow workflow) => workflow.Pipeline.Triggers.Any(t => t.Kind == TriggerKinds.Privileged);
}
