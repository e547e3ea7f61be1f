using Signalbox.Rollouts;
using Signalbox.Storage;

namespace Signalbox.Cli.Control;

/// <summary>What the ledger of a state directory holds of a verdict; read from its file, so that nothing need run.</summary>
internal static class RecordedDecision
{
    private const int Batch = 1000;

    /// <returns>The digest of the ticks by which a service's release was taken back; null where the ledger has no such decision.</returns>
    public static string? TickLogDigest(Installation state, string rollout, string service)
    {
        if (!state.HasLedger) return null;
        using var ledger = SqliteLedgerStore.OpenReadOnly(state.Join("ledger.db"));
        var active = new Dictionary<string, string>(StringComparer.Ordinal);
        for (long after = 0; ledger.Read(after, Batch) is { Count: > 0 } entries; after = entries[^1].Sequence)
            foreach (var entry in entries)
                switch (RolloutEvents.FromEntry(entry))
                {
                    case RolloutEvent.Started started:
                        active[entry.Stream] = started.Rollout;
                        break;
                    case RolloutEvent.Judged judged when judged.Service == service && active.GetValueOrDefault(entry.Stream) == rollout:
                        return judged.Report.TickLogDigest;
                }
        return null;
    }
}
