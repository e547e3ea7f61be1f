using System.Text;
using Signalbox.Delivery;
using Signalbox.Ledger;

namespace Signalbox.Server;

/// <summary>Every digest that the ledger's entries name, in whatever member, also in entries of versions that this one does not know.</summary>
internal static class LedgerDigests
{
    private const int Page = 500, HexLength = 64;

    public static HashSet<Digest> In(ILedgerStore ledger)
    {
        var found = new HashSet<Digest>();
        for (long after = 0; ledger.Read(after, Page) is { Count: > 0 } page; after = page[^1].Sequence)
            foreach (var entry in page) AddTo(found, entry.Data.Span);
        return found;
    }

    private static void AddTo(HashSet<Digest> found, ReadOnlySpan<byte> data)
    {
        var prefix = "sha256:"u8;
        for (int at; (at = data.IndexOf(prefix)) >= 0; data = data[(at + prefix.Length)..])
            if (data.Length >= at + prefix.Length + HexLength && Digest.TryParse(Encoding.Latin1.GetString(data.Slice(at, prefix.Length + HexLength)), out var digest)) found.Add(digest);
    }
}
