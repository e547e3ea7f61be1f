using Signalbox.Delivery;
using Signalbox.Ledger;

namespace Signalbox.Evidence;

/// <summary>A withdrawal: the record stays, and counts no longer.</summary>
public sealed record EvidenceWithdrawal(Principal By, DateTimeOffset At, string Reason);

/// <summary>All evidence by subject, derived from the ledger. Entries that are told twice change nothing.</summary>
public sealed class EvidenceIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Digest, EvidenceRecord> _records = [];
    private readonly Dictionary<Digest, List<EvidenceRecord>> _bySubject = [];
    private readonly Dictionary<Digest, List<EvidenceRecord>> _byContent = [];
    private readonly Dictionary<Digest, List<EvidenceWithdrawal>> _withdrawn = [];
    private long _applied;

    public void Replay(ILedgerStore ledger)
    {
        for (long after = 0; ledger.Read(after, 500, EvidenceEvents.Stream) is { Count: > 0 } page; after = page[^1].Sequence)
            foreach (var entry in page) Apply(entry);
    }

    public void Apply(LedgerEntry entry)
    {
        if (entry.Stream != EvidenceEvents.Stream) return;
        lock (_gate)
        {
            if (entry.Sequence <= _applied) return;
            _applied = entry.Sequence;
            if (EvidenceEvents.RecordFrom(entry) is { } record) Add(record);
            else if (EvidenceEvents.WithdrawnFrom(entry) is { } gone) Into(_withdrawn, gone.Id, new(entry.Principal, entry.At, gone.Reason));
        }
    }

    public EvidenceRecord? Find(Digest id)
    {
        lock (_gate) return _records.GetValueOrDefault(id);
    }

    /// <summary>What counts about any of the subjects, in the order it was recorded.</summary>
    /// <param name="except">Whose withdrawals are not heard: who brings a release does not take away what speaks against it.</param>
    public IReadOnlyList<EvidenceRecord> About(IEnumerable<Digest> subjects, params IReadOnlyCollection<Principal> except)
    {
        lock (_gate)
            return [.. subjects.Distinct().SelectMany(subject => _bySubject.GetValueOrDefault(subject) ?? [])
                .Where(record => !_withdrawn.TryGetValue(record.Id, out var withdrawals) || withdrawals.TrueForAll(withdrawal => except.Contains(withdrawal.By))).OrderBy(record => record.Sequence)];
    }

    /// <summary>
    /// Bytes that a principal's evidence takes: content and, where the record says, facts. What was withdrawn counts no longer, and what
    /// others brought, too, is counted for each of them.
    /// </summary>
    public long BytesOf(Principal by)
    {
        lock (_gate)
            return _records.Values.Where(record => record.By == by && !_withdrawn.ContainsKey(record.Id)).DistinctBy(record => record.Content.Digest).Sum(record => record.Content.Size + (record.FactsSize ?? 0));
    }

    /// <summary>Everything ever recorded, newest first.</summary>
    public IReadOnlyList<EvidenceRecord> List(int limit)
    {
        lock (_gate) return [.. _records.Values.OrderByDescending(record => record.Sequence).Take(limit)];
    }

    /// <summary>Every record of this very content as one kind, whatever it is about, in the order it was recorded.</summary>
    public IReadOnlyList<EvidenceRecord> Of(Digest content, EvidenceKind kind)
    {
        lock (_gate) return [.. (_byContent.GetValueOrDefault(content) ?? []).Where(record => record.Kind == kind)];
    }

    /// <summary>Contents that nothing counts of any more: all that was recorded of them was withdrawn. What was read from other evidence is none of them.</summary>
    /// <param name="kept">Ids of records whose content stays all the same.</param>
    public IReadOnlySet<Digest> WithdrawnContents(IReadOnlySet<Digest> kept)
    {
        lock (_gate)
        {
            var gone = _byContent.Where(content => content.Value.TrueForAll(record => _withdrawn.ContainsKey(record.Id) && !kept.Contains(record.Id))).Select(content => content.Key).ToHashSet();
            gone.ExceptWith(_records.Values.Select(record => record.Facts));
            return gone;
        }
    }

    public EvidenceWithdrawal? WithdrawalOf(Digest id)
    {
        lock (_gate) return _withdrawn.GetValueOrDefault(id)?[0];
    }

    private void Add(EvidenceRecord record)
    {
        if (!_records.TryAdd(record.Id, record)) return;
        Into(_bySubject, record.Subject, record);
        Into(_byContent, record.Content.Digest, record);
    }

    private static void Into<T>(Dictionary<Digest, List<T>> lists, Digest key, T one)
    {
        if (!lists.TryGetValue(key, out var list)) lists[key] = list = [];
        list.Add(one);
    }
}
