using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Signalbox.Delivery.Policies;

namespace Signalbox.Gates;

/// <summary>Gathers one gate's lines. The worst of them is its verdict.</summary>
internal sealed class GateLines
{
    /// <summary>A decision lies in the ledger: what is more than a person reads is only counted.</summary>
    private const int Most = 12, MostText = 400;

    private static readonly int s_verdicts = Enum.GetValues<GateVerdict>().Length;

    private readonly List<GateLine> _lines = [];
    private readonly HashSet<(GateVerdict, UInt128)> _said = [];
    private readonly int[] _count = new int[s_verdicts];

    public bool IsEmpty => _lines.Count == 0;

    public GateVerdict Verdict => _lines.Count == 0 ? GateVerdict.Undecided : _lines.Max(line => line.Verdict);

    /// <summary>As many of each verdict as are ever shown, in the order they were found.</summary>
    public IReadOnlyList<GateLine> All => _lines;

    /// <summary>Everything that others said too.</summary>
    public void Take(GateLines others)
    {
        foreach (var line in others._lines) Keep(line);
        for (var verdict = 0; verdict < s_verdicts; verdict++) _count[verdict] += others._count[verdict] - others._lines.Count(line => (int)line.Verdict == verdict);
    }

    public void Allow(string text, params IEnumerable<EvidenceItem> evidence) => Add(GateVerdict.Allow, "gate-ok", text, null, evidence);

    /// <summary>Speaks for the release, and says what whoever reads on must know.</summary>
    public void Note(string id, string text, IEnumerable<EvidenceItem> evidence) => Add(GateVerdict.Allow, id, text, null, evidence);

    public void Deny(string id, string text, string help, params IEnumerable<EvidenceItem> evidence) => Add(GateVerdict.Deny, id, text, help, evidence);

    public void Undecided(string id, string text, string help, params IEnumerable<EvidenceItem> evidence) => Add(GateVerdict.Undecided, id, text, help, evidence);

    public GateResult ToResult(string gate, string layer, GateMode mode, string? handTo, PolicyPlace? place)
    {
        var verdict = Verdict;
        // those against the release first, in the order they were found
        var shown = _lines.OrderByDescending(line => line.Verdict).ToList();
        var rest = _count.Sum() - Most;
        if (rest > 0) shown = [.. shown.Take(Most), new(shown[Most].Verdict, "gate-more", $"and {rest} more", null, [])];
        return new(gate, layer, mode, verdict, shown, verdict == GateVerdict.Allow ? null : handTo, place);
    }

    private void Add(GateVerdict verdict, string id, string text, string? help, IEnumerable<EvidenceItem> evidence)
    {
        var line = new GateLine(verdict, id, Text(text), help is null ? null : Text(help), [.. evidence.Select(item => item.Record.Id).Distinct().Take(20)]);
        // what several looks at the same evidence say is said once
        if (_said.Add((verdict, Told(line.Text)))) Keep(line);
    }

    /// <summary>There may be a line for each of many thousand findings: what is not shown is only counted.</summary>
    private void Keep(GateLine line)
    {
        if (_count[(int)line.Verdict]++ <= Most) _lines.Add(line);
    }

    /// <summary>Tells texts apart without keeping them.</summary>
    private static UInt128 Told(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan()), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private static string Text(string text) => OnOneLine(text.Length <= MostText ? text : text[..(char.IsHighSurrogate(text[MostText - 1]) ? MostText - 1 : MostText)] + "…");

    // reports name packages and files as they like; a line break in one would become a command of its own where the help is pasted
    private static string OnOneLine(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
}
