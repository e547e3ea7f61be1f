using System.Globalization;
using Signalbox.Evidence;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Storage;

namespace Signalbox.Server;

/// <summary>What the control plane knows of evidence and policies: derived from the ledger, with its content in the state directory.</summary>
public sealed class GateDesk
{
    private readonly FileContentStore _contents;
    private static readonly SemaphoreSlim s_changes = new(1, 1);

    /// <summary>Decisions that are made only to be looked at, at once: each may have some hundred MB in memory.</summary>
    private static readonly SemaphoreSlim s_looks = new(MostAtOnce, MostAtOnce);

    /// <summary>Decisions that a rollout begins with: they wait for no look.</summary>
    private static readonly SemaphoreSlim s_decisions = new(MostAtOnce, MostAtOnce);

    private const int MostAtOnce = 2;

    private GateDesk(FileContentStore contents, StateDirectory state)
    {
        _contents = contents;
        Intake = new(contents, Evidence, EvidenceReaders.In(state));
    }

    public EvidenceIndex Evidence { get; } = new();

    public PolicyBook Policies { get; } = new();

    public IContentStore Contents => _contents;

    /// <summary>Most bytes of all content together.</summary>
    public long Capacity => _contents.Capacity;

    /// <summary>That the content store fills up; null where it has room. Past its capacity nothing more goes out.</summary>
    public string? Warning => _contents.Used >= _contents.Capacity / 5 * 4
        ? string.Create(CultureInfo.InvariantCulture, $"the content store holds {_contents.Used:N0} of {_contents.Capacity:N0} bytes; once it is full no evidence is taken in; evidence withdraw ID, then a start of the control plane, makes room")
        : null;

    public EvidenceIntake Intake { get; }

    /// <exception cref="StorageException">The content store cannot be used.</exception>
    public static GateDesk Open(StateDirectory state, ILedgerStore ledger, long capacity = FileContentStore.DefaultCapacity)
    {
        var contents = FileContentStore.Open(state, capacity);
        var desk = new GateDesk(contents, state);
        desk.Evidence.Replay(ledger);
        // reading the whole ledger takes its time: only where room is needed
        if (contents.Used > contents.Capacity / 2) Collect(contents, LedgerDigests.In(ledger), desk.Evidence);
        desk.Policies.Replay(ledger);
        return desk;
    }

    /// <summary>
    /// Removes what nothing names, and the content of withdrawn evidence that let nothing out; what was read from it stays, so that
    /// decisions can be made again.
    /// </summary>
    private static void Collect(FileContentStore contents, LedgerDigests named, EvidenceIndex evidence)
    {
        var withdrawn = evidence.WithdrawnContents(named.Allowed);
        try
        {
            contents.Collect(digest => named.All.Contains(digest) && !withdrawn.Contains(digest));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // what could not be removed takes room, and the status says so
        }
    }

    /// <summary>Changes of policies, one after the other: from the comparison with what is in force to the ledger.</summary>
    public Task<T> ChangeAsync<T>(Func<Task<T>> change, CancellationToken cancel) => s_changes.InTurnAsync(change, cancel);

    /// <summary>A decision that is made again, checked or exported: whoever may ask could ask for many at once, so the others wait.</summary>
    public Task<T> LookAsync<T>(Func<Task<T>> look, CancellationToken cancel) => s_looks.InTurnAsync(look, cancel);

    /// <summary>A decision that a rollout begins with, its commands and all: whoever may start rollouts could start many at once, so the others wait.</summary>
    public Task<T> DecideAsync<T>(Func<Task<T>> decide, CancellationToken cancel) => s_decisions.InTurnAsync(decide, cancel);

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
