using System.Text;
using System.Text.Json;

namespace Signalbox.Ledger;

/// <summary>Puts events into the chain: pure, the same for every store.</summary>
public static class LedgerChain
{
    /// <summary>Most bytes of one entry's data: a fact is small, logs and artifacts lie in files.</summary>
    public const int MaxData = 1 << 20;

    /// <summary>Most characters of a stream, a type or a principal.</summary>
    public const int MaxName = 256;

    /// <summary>The entries that follow <paramref name="head"/>, all at one instant, cut to the millisecond.</summary>
    /// <exception cref="ArgumentException">An entry is no fact: an empty or overlong name, data that is not JSON.</exception>
    public static IReadOnlyList<LedgerEntry> Link(LedgerHead head, IReadOnlyList<NewEntry> entries, DateTimeOffset now)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        var linked = new List<LedgerEntry>(entries.Count);
        foreach (var entry in entries)
        {
            Check(entry);
            var hash = Hash(head.Hash, head.Sequence + 1, entry.Stream, entry.Type, at, entry.Principal, entry.Data.Span);
            linked.Add(new(head.Sequence + 1, entry.Stream, entry.Type, at, entry.Principal, entry.Data, head.Hash, hash));
            head = new(head.Sequence + 1, hash);
        }

        return linked;
    }

    /// <summary>The hash that <paramref name="entry"/> should carry, from its other fields.</summary>
    public static string HashOf(LedgerEntry entry) =>
        Hash(entry.PreviousHash, entry.Sequence, entry.Stream, entry.Type, entry.At, entry.Principal, entry.Data.Span);

    private static string Hash(
        string previous, long sequence, string stream, string type, DateTimeOffset at, Principal principal, ReadOnlySpan<byte> data)
    {
        using var envelope = new EnvelopeHash("signalbox.ledger.entry.v1");
        envelope.Bytes(Convert.FromHexString(previous)).Number(sequence).Text(stream).Text(type)
            .Number(at.ToUnixTimeMilliseconds()).Text(principal.Name).Bytes(data);
        return Convert.ToHexStringLower(envelope.Finish());
    }

    private static void Check(NewEntry entry)
    {
        CheckName(entry.Stream, "stream");
        CheckName(entry.Type, "type");
        CheckName(entry.Principal.Name, "principal");
        if (entry.Data.Length > MaxData)
            throw new ArgumentException($"the data of {entry.Type} has {entry.Data.Length} bytes; a ledger entry takes at most {MaxData}");
        CheckJson(entry);
    }

    private static void CheckName(string? name, string field)
    {
        if (string.IsNullOrEmpty(name) || name.Length > MaxName)
            throw new ArgumentException($"a ledger entry's {field} has 1 to {MaxName} characters, not {name?.Length ?? 0}");
        try
        {
            EnvelopeHash.StrictUtf8.GetByteCount(name);
        }
        catch (EncoderFallbackException)
        {
            throw new ArgumentException($"a ledger entry's {field} is not valid Unicode");
        }
    }

    private static void CheckJson(NewEntry entry)
    {
        try
        {
            var reader = new Utf8JsonReader(entry.Data.Span);
            while (reader.Read()) { }
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"the data of {entry.Type} is not JSON: {e.Message}", e);
        }
    }
}
