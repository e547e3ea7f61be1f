using Signalbox.Delivery.Policies;

namespace Signalbox.Gates;

/// <summary>Gathers one gate's lines. The worst of them is its verdict.</summary>
internal sealed class GateLines
{
    /// <summary>A decision lies in the ledger: what is more than a person reads is only counted.</summary>
    private const int Most = 12, MostText = 400;

    private readonly List<GateLine> _lines = [];

    public bool IsEmpty => _lines.Count == 0;

    public GateVerdict Verdict => _lines.Count == 0 ? GateVerdict.Undecided : _lines.Max(line => line.Verdict);

    public IReadOnlyList<GateLine> All => _lines;

    /// <summary>Everything that others said too.</summary>
    public void Take(GateLines others) => _lines.AddRange(others._lines);

    public void Allow(string text, params IEnumerable<EvidenceItem> evidence) => Add(GateVerdict.Allow, "gate-ok", text, null, evidence);

    public void Deny(string id, string text, string help, params IEnumerable<EvidenceItem> evidence) => Add(GateVerdict.Deny, id, text, help, evidence);

    public void Undecided(string id, string text, string help, params IEnumerable<EvidenceItem> evidence) => Add(GateVerdict.Undecided, id, text, help, evidence);

    public GateResult ToResult(string gate, string layer, GateMode mode, string? handTo, PolicyPlace? place)
    {
        if (_lines.Count == 0) Undecided("gate-silent", $"{gate} said nothing, so nothing is known", "signalbox gates check --help");
        var verdict = Verdict;
        // those against the release first, in the order they were found
        var shown = _lines.OrderByDescending(line => line.Verdict).ToList();
        var rest = shown.Count - Most;
        if (rest > 0) shown = [.. shown.Take(Most), new(shown[Most].Verdict, "gate-more", $"and {rest} more", null, [])];
        return new(gate, layer, mode, verdict, shown, verdict == GateVerdict.Allow ? null : handTo, place);
    }

    private void Add(GateVerdict verdict, string id, string text, string? help, IEnumerable<EvidenceItem> evidence)
    {
        var line = new GateLine(verdict, id, Text(text), help is null ? null : Text(help), [.. evidence.Select(item => item.Record.Id).Distinct().Take(20)]);
        // what several looks at the same evidence say is said once
        if (!_lines.Any(said => said.Verdict == verdict && said.Text == line.Text)) _lines.Add(line);
    }

    private static string Text(string text) => OnOneLine(text.Length <= MostText ? text : text[..(char.IsHighSurrogate(text[MostText - 1]) ? MostText - 1 : MostText)] + "…");

    // reports name packages and files as they like; a line break in one would become a command of its own where the help is pasted
    private static string OnOneLine(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)) : text;
}
