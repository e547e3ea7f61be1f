using Signalbox.Evidence;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Storage;

namespace Signalbox.Server;

/// <summary>What the control plane knows of evidence and policies: derived from the ledger, with its content in the state directory.</summary>
public sealed class GateDesk
{
    private GateDesk(FileContentStore contents, StateDirectory state)
    {
        Contents = contents;
        Intake = new(contents, Evidence, EvidenceReaders.In(state));
    }

    public EvidenceIndex Evidence { get; } = new();

    public PolicyBook Policies { get; } = new();

    public IContentStore Contents { get; }

    public EvidenceIntake Intake { get; }

    /// <exception cref="StorageException">The content store cannot be used.</exception>
    public static GateDesk Open(StateDirectory state, ILedgerStore ledger)
    {
        var desk = new GateDesk(FileContentStore.Open(state), state);
        desk.Evidence.Replay(ledger);
        desk.Policies.Replay(ledger);
        return desk;
    }

    /// <summary>Takes in a fact; one that is told twice changes nothing.</summary>
    public void Apply(LedgerEntry entry)
    {
        Evidence.Apply(entry);
        Policies.Apply(entry);
    }

    /// <summary>The inputs of an earlier decision; null where they are lost.</summary>
    internal Task<GateInputs?> ReloadAsync(Delivery.Digest inputs, CancellationToken cancel) => GateArchive.ReloadAsync(Contents, inputs, cancel);

    public Gatekeeper Gatekeeper(ICustomGates commands) => new(Evidence, Policies, Contents, commands, Zones.OffsetAt);
}

/// <summary>Time zones as this machine knows them (tzdata).</summary>
internal static class Zones
{
    public static bool Knows(string zone) => TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _);

    public static TimeSpan? OffsetAt(string zone, DateTimeOffset at) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var known) ? known.GetUtcOffset(at) : null;
}
