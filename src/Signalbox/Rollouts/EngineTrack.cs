using Signalbox.Analysis;
using Signalbox.Delivery;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Rollouts;

/// <summary>What the engine knows of one track beside the ledger's state.</summary>
internal sealed class EngineTrack(TrackState state)
{
    public TrackKey Key { get; } = state.Key;

    public TrackState State { get; set; } = state;

    /// <summary>Newest observation since the host was reached; null while it cannot be asked.</summary>
    public TrackObservation? Observation { get; set; }

    /// <summary>Generation the host last accepted from this engine.</summary>
    public long Driven { get; set; } = -1;

    /// <summary>Why the host refuses the current table, and from when on (since boot) it is tried again.</summary>
    public (string Message, TimeSpan RetryAt)? Refusal { get; set; }

    /// <summary>The verdict that took the active rollout back.</summary>
    public JudgeReport? Judged { get; set; }

    /// <summary>What the gates are being asked for the rollout that waits to begin.</summary>
    public AskingGates? Asking { get; set; }

    public Task<HookResult>? Hook { get; set; }

    public CancellationTokenSource? HookCancel { get; set; }
}
