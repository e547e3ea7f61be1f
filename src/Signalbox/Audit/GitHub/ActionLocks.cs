using Signalbox.Audit.Readers;
using Signalbox.Pipelines;

namespace Signalbox.Audit.GitHub;

/// <summary>What is known of the refs of an action's repository.</summary>
internal static class ActionLocks
{
    /// <returns>Null where no lock file and no online look says anything of it.</returns>
    public static ActionLock? Lock(this Repository repository, UsedCode? uses) => uses is null or { IsLocal: true } or { IsImage: true }
        ? null
        : repository.All<ActionLock>().Select(l => l.Document).FirstOrDefault(l => l.Repository.Equals(uses.Repository, StringComparison.OrdinalIgnoreCase));
}
