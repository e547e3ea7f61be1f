using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Runtimes;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Cli.Control;

/// <summary>Lets a canary fall at the host itself; the control plane writes it down when it is back (design decision 5).</summary>
internal static class HostFall
{
    /// <returns>Whether the canary fell, and what happened, for people.</returns>
    public static async Task<(bool Fell, string Message)> RunAsync(IHostClient host, Installation state, string? rollout, string reason, CancellationToken cancel)
    {
        var track = Choose(await StateOfAsync(host, state, cancel).ConfigureAwait(false), rollout);
        var fell = await host.FallAsync(TrackKey.Parse(track.Track), new($"local:{Environment.UserName}", reason), cancel).ConfigureAwait(false);
        if (fell.Latch is not { Reason: LatchReason.Operator or LatchReason.Judge }) return (false, $"{track.Rollout} has ended at the host meanwhile; the control plane is down: signalbox up");
        return fell.Latch is { Held: true } held
            ? (false, $"{track.Rollout}: weights are held as they are, for stable has no ready capacity ({held.Detail}); the control plane is down: signalbox up")
            : (true, $"{track.Rollout} has fallen to stable at the host; the control plane is down and will record it when it is back: signalbox up");
    }

    private static async Task<HostState> StateOfAsync(IHostClient host, Installation state, CancellationToken cancel)
    {
        try
        {
            return await host.ReadStateAsync(cancel).ConfigureAwait(false);
        }
        catch (HostUnreachableException e)
        {
            throw new SignalboxException(ExitCode.Undecided, Finding.Error(
                "host-unreachable", $"neither the control plane nor the host answers on {state.Path}: {e.Message}", new("command line"), "signalbox up"));
        }
    }

    private static TrackObservation Choose(HostState state, string? rollout)
    {
        var running = state.Tracks.Where(t => t.Rollout is not null && (rollout is null || t.Rollout == rollout)).ToList();
        return running.Count switch
        {
            1 => running[0],
            0 => throw new SignalboxException(ExitCode.No, Finding.Error(
                "rollout-none", rollout is null ? "the host runs no rollout" : $"the host does not run {rollout}", new("command line"), "signalbox up")),
            _ => throw new SignalboxException(ExitCode.Usage, Finding.Error(
                "rollout-ambiguous", $"the host runs {running.Count} rollouts: {string.Join(", ", running.Select(t => t.Rollout))}; expected one to be named",
                new("command line"), $"signalbox abort {running[0].Rollout}")),
        };
    }
}
