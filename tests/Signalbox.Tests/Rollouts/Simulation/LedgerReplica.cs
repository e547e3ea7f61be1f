using Signalbox.Delivery;
using Signalbox.Rollouts;

namespace Signalbox.Tests.Rollouts.Simulation;

/// <summary>What the ledger says, read beside the engine: the state of every track after every one of its events.</summary>
internal sealed class LedgerReplica(SimulatedLedger ledger)
{
    private readonly SortedDictionary<string, List<TrackState>> _states = new(StringComparer.Ordinal);
    private long _to;

    public IReadOnlyList<TrackState> Newest
    {
        get
        {
            CatchUp();
            return [.. _states.Values.Select(states => states[^1])];
        }
    }

    public TrackState Of(TrackKey key)
    {
        CatchUp();
        return _states.TryGetValue(key.ToString(), out var states) ? states[^1] : TrackState.New(key);
    }

    /// <returns>Null where no event of the track has this sequence.</returns>
    public TrackState? At(string track, long generation)
    {
        CatchUp();
        if (!_states.TryGetValue(track, out var states)) return null;
        for (var i = states.Count - 1; i >= 0 && states[i].Generation >= generation; i--)
            if (states[i].Generation == generation) return states[i];
        return null;
    }

    public TrackState Before(string track, long sequence)
    {
        CatchUp();
        var states = _states[track];
        for (var i = states.Count - 1; i >= 0; i--)
            if (states[i].Generation < sequence) return states[i];
        return TrackState.New(TrackKey.Parse(track));
    }

    private void CatchUp()
    {
        foreach (var entry in ledger.ReadAnyway(_to))
        {
            _to = entry.Sequence;
            if (RolloutEvents.FromEntry(entry) is not { } happened) continue;
            if (!_states.TryGetValue(entry.Stream, out var states)) _states[entry.Stream] = states = [TrackState.New(TrackKey.Parse(entry.Stream))];
            states.Add(RolloutMachine.Apply(states[^1], happened, entry.Sequence));
        }
    }
}
