using Signalbox.Delivery;
using Signalbox.Evidence;

namespace Signalbox.Gates;

/// <summary>What decisions were made of, out of the content store.</summary>
public static class GateArchive
{
    /// <summary>Bytes of what is kept of one decision, without the facts.</summary>
    internal const int MostInputs = 16 << 20;

    /// <summary>Bytes of the facts of one decision together: they are all in memory at once, some times as large.</summary>
    internal const long MostFacts = 128L << 20;

    /// <summary>The inputs of an earlier decision, to make it again.</summary>
    /// <returns>Null where they, or facts that were there then, are lost or damaged.</returns>
    public static async Task<GateInputs?> ReloadAsync(IContentStore contents, Digest digest, CancellationToken cancel)
    {
        if (await contents.ReadAsync(digest, MostInputs, cancel).ConfigureAwait(false) is not { } bytes || GateEvents.Read(bytes) is not { } kept) return null;
        var items = await LoadAsync(contents, kept.Records, kept.Unreadable, cancel).ConfigureAwait(false);
        if (items.Any(item => item.Facts is null && !kept.Unreadable.Contains(item.Record.Id))) return null;
        return kept.With(items);
    }

    /// <param name="unreadable">Records whose facts are not looked for: they could not be read then, or nobody listens to who brought them.</param>
    internal static async Task<IReadOnlyList<EvidenceItem>> LoadAsync(
        IContentStore contents, IReadOnlyList<EvidenceRecord> records, IReadOnlyList<Digest> unreadable, CancellationToken cancel)
    {
        var (items, left) = (new List<EvidenceItem>(records.Count), MostFacts);
        foreach (var record in records)
        {
            var bytes = unreadable.Contains(record.Id) ? null : await FactsAsync(contents, record, (int)Math.Min(left, EvidenceFactsText.Most), cancel).ConfigureAwait(false);
            left -= bytes?.Length ?? 0;
            items.Add(new(record, bytes is null ? null : EvidenceFactsText.TryRead(bytes)));
        }
        return items;
    }

    /// <returns>Null where they are lost, damaged, or more than is left: what cannot be read cannot speak for the release.</returns>
    private static async Task<byte[]?> FactsAsync(IContentStore contents, EvidenceRecord record, int most, CancellationToken cancel)
    {
        try
        {
            return await contents.ReadAsync(record.Facts, most, cancel).ConfigureAwait(false);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
