using System.Text;
using Signalbox.Delivery;
using Signalbox.Gates;
using Signalbox.Ledger;

namespace Signalbox.Server;

/// <summary>What the ledger's entries name, so that it is kept.</summary>
/// <param name="All">Every digest, in whatever member, also in entries of versions that this one does not know.</param>
/// <param name="Allowed">Ids of the evidence that let a release out: its proof needs it.</param>
internal sealed record LedgerDigests(IReadOnlySet<Digest> All, IReadOnlySet<Digest> Allowed)
{
    private const int Page = 500, HexLength = 64;

    public static LedgerDigests In(ILedgerStore ledger)
    {
        var (all, allowed) = (new HashSet<Digest>(), new HashSet<Digest>());
        for (long after = 0; ledger.Read(after, Page) is { Count: > 0 } page; after = page[^1].Sequence)
            foreach (var entry in page)
            {
                AddTo(all, entry.Data.Span);
                if (GateEvents.FromEntry(entry) is { Verdict: GateVerdict.Allow } decided) allowed.UnionWith(decided.Evidence);
            }
        return new(all, allowed);
    }

    private static void AddTo(HashSet<Digest> found, ReadOnlySpan<byte> data)
    {
        var prefix = "sha256:"u8;
        for (int at; (at = data.IndexOf(prefix)) >= 0; data = data[(at + prefix.Length)..])
            if (data.Length >= at + prefix.Length + HexLength && Digest.TryParse(Encoding.Latin1.GetString(data.Slice(at, prefix.Length + HexLength)), out var digest)) found.Add(digest);
    }
}
