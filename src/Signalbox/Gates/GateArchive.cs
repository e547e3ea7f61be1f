using Signalbox.Delivery;
using Signalbox.Evidence;

namespace Signalbox.Gates;

/// <summary>What decisions were made of, out of the content store.</summary>
public static class GateArchive
{
    private const int MostInputs = 16 << 20;

    /// <summary>The inputs of an earlier decision, to make it again.</summary>
    /// <returns>Null where they, or facts that were there then, are lost or damaged.</returns>
    public static async Task<GateInputs?> ReloadAsync(IContentStore contents, Digest digest, CancellationToken cancel)
    {
        if (await contents.ReadAsync(digest, MostInputs, cancel).ConfigureAwait(false) is not { } bytes || GateEvents.Read(bytes) is not { } kept) return null;
        var items = await LoadAsync(contents, kept.Records, kept.Unreadable, cancel).ConfigureAwait(false);
        if (items.Any(item => item.Facts is null && !kept.Unreadable.Contains(item.Record.Id))) return null;
        return kept.With(items);
    }

    /// <param name="unreadable">Records whose facts are not looked for: they could not be read then.</param>
    internal static async Task<IReadOnlyList<EvidenceItem>> LoadAsync(
        IContentStore contents, IReadOnlyList<EvidenceRecord> records, IReadOnlyList<Digest> unreadable, CancellationToken cancel)
    {
        var items = new List<EvidenceItem>(records.Count);
        foreach (var record in records)
            items.Add(new(record, unreadable.Contains(record.Id) ? null : await FactsAsync(contents, record, cancel).ConfigureAwait(false)));
        return items;
    }

    private static async Task<EvidenceFacts?> FactsAsync(IContentStore contents, EvidenceRecord record, CancellationToken cancel)
    {
        try
        {
            return await contents.ReadAsync(record.Facts, EvidenceFactsText.Most, cancel).ConfigureAwait(false) is { } bytes ? EvidenceFactsText.TryRead(bytes) : null;
        }
        catch (IOException)
        {
            // what cannot be read cannot speak for the release
            return null;
        }
    }
}
