using Signalbox.Delivery;

namespace Signalbox.Rollouts;

/// <summary>Runs a release's hooks. A hook never sees the control plane's environment.</summary>
public interface IHookRunner
{
    /// <summary>Runs to its end, its timeout, or cancellation; never throws for what the command does.</summary>
    Task<HookResult> RunAsync(TrackKey track, string rollout, string hook, Hook command, ReleasePlan plan, CancellationToken cancel);
}

/// <param name="Detail">"exit 0", "exit 3", "timed out after 60 s": no output.</param>
/// <param name="OutputDigest">Digest of the kept output.</param>
public sealed record HookResult(bool Succeeded, string Detail, string? OutputDigest);

/// <summary>Where the last lines of failed instances are kept for people; expiring, never in the ledger.</summary>
public interface IFailureLogs
{
    void Keep(string rollout, IReadOnlyList<string> lines);

    IReadOnlyList<string> Read(string rollout);
}
