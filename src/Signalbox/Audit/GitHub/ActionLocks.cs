using System.Runtime.CompilerServices;
using Signalbox.Audit.Readers;
using Signalbox.Pipelines;

namespace Signalbox.Audit.GitHub;

/// <summary>What is known of the refs of the actions in use: what was asked for just now before what a lock file says.</summary>
internal static class ActionLocks
{
    private static readonly ConditionalWeakTable<Repository, Dictionary<string, ActionLock>> s_known = [];

    /// <returns>Null where no lock file and no look at the repository itself says anything of it.</returns>
    public static ActionLock? Lock(this Repository repository, UsedCode uses) => uses.IsLocal || uses.IsImage ? null : s_known.GetValue(repository, Known).GetValueOrDefault(uses.Repository);

    private static Dictionary<string, ActionLock> Known(Repository repository)
    {
        var known = new Dictionary<string, ActionLock>(StringComparer.OrdinalIgnoreCase);
        foreach (var asked in repository.All<AskedLock>()) known.TryAdd(asked.Document.Lock.Repository, asked.Document.Lock);
        foreach (var written in repository.All<ActionLock>()) known.TryAdd(written.Document.Repository, written.Document);
        return known;
    }
}

/// <summary>What an action's repository itself said in this run.</summary>
internal sealed record AskedLock(ActionLock Lock);

/// <summary>Knows the refs of repositories of actions, by asking where they live. Calls block; several come at once.</summary>
internal interface IActionRemote
{
    /// <param name="repository">Owner and name.</param>
    /// <param name="commits">The commits in use, whose place in the repository is wanted.</param>
    /// <returns>Null where the repository does not answer.</returns>
    /// <exception cref="OperationCanceledException"></exception>
    ActionLock? Ask(string repository, IReadOnlyCollection<string> commits, CancellationToken cancel = default);
}
