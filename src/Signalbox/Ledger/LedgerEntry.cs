using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Signalbox.Ledger;

/// <summary>Who acts. Every token has one; the parts of Signalbox that act by themselves are <c>system:</c> principals.</summary>
public readonly record struct Principal(string Name)
{
    public static Principal Engine => new("system:engine");

    /// <summary>Promotes by policy, without a person.</summary>
    public static Principal Promoter => new("system:promoter");

    public static Principal Host => new("system:host");

    public override string ToString() => Name;
}

/// <summary>An event before it has a place in the chain.</summary>
/// <param name="Stream">What it is about: a track (<c>shop/production</c>), or <c>signalbox</c> for the installation.</param>
/// <param name="Type">Versioned fact name, e.g. <c>rollout.step-reached/1</c>.</param>
/// <param name="Data">The fact as UTF-8 JSON.</param>
public sealed record NewEntry(string Stream, string Type, Principal Principal, ReadOnlyMemory<byte> Data);

/// <param name="Sequence">1, 2, 3 … without gaps.</param>
/// <param name="At">UTC, at append, millisecond precision.</param>
/// <param name="Hash">SHA-256 over the previous hash and this envelope; lower-case hex (see docs/spec/ledger.md).</param>
public sealed record LedgerEntry(
    long Sequence, string Stream, string Type, DateTimeOffset At, Principal Principal,
    ReadOnlyMemory<byte> Data, string PreviousHash, string Hash);

/// <summary>The last entry's place and hash; <see cref="Empty"/> before the first.</summary>
public sealed record LedgerHead(long Sequence, string Hash)
{
    public static LedgerHead Empty { get; } = new(0, new string('0', 64));

    /// <summary><c>SEQUENCE:HASH</c>, the form that <c>ledger verify --head</c> takes.</summary>
    public override string ToString() => $"{Sequence}:{Hash}";

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out LedgerHead? head)
    {
        head = null;
        var colon = text?.IndexOf(':') ?? -1;
        if (colon <= 0 || !long.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)) return false;
        var hash = text![(colon + 1)..];
        if (hash.Length != 64 || !hash.All(c => char.IsAsciiDigit(c) || char.IsAsciiHexDigitLower(c))) return false;
        head = new(sequence, hash);
        return true;
    }
}

/// <summary>Thrown where an append's expected head is not the head: somebody else wrote.</summary>
public sealed class LedgerConflictException(LedgerHead expected, LedgerHead actual)
    : Exception($"the ledger's head is {actual}, not {expected} as this append expected")
{
    public LedgerHead Expected { get; } = expected;

    public LedgerHead Actual { get; } = actual;
}
