using System.Buffers;

namespace Signalbox.Pipelines.Local;

/// <summary>
/// Takes secrets out of a stream of bytes, also one that is split across writes: what may be the beginning of one is held back
/// until more comes or the stream ends.
/// </summary>
internal sealed class SecretMask(SecretPatterns patterns)
{
    private static readonly byte[] s_stars = "***"u8.ToArray();

    private readonly ArrayBufferWriter<byte> _output = new();
    private SecretAutomaton.State _state = patterns.Automaton.Start;
    private byte[] _held = [];

    /// <summary>What belongs to a secret, by places in what is held and what has just come; they may overlap, and begin in their order.</summary>
    private List<(int From, int To)> _hidden = [];

    /// <summary>Whether what was shown last are the stars: one for all that stands together.</summary>
    private bool _starred;

    /// <summary>Copies a whole text without its secrets.</summary>
    public static void Copy(Stream from, Stream to, SecretPatterns patterns)
    {
        var mask = new SecretMask(patterns);
        var buffer = new byte[64 * 1024];
        for (int count; (count = from.Read(buffer)) > 0;) to.Write(mask.Add(buffer.AsSpan(0, count)));
        to.Write(mask.End());
    }

    /// <returns>What may be shown; valid until the next call.</returns>
    public ReadOnlySpan<byte> Add(ReadOnlySpan<byte> text) => patterns.None ? text : Pass(text, last: false);

    /// <returns>What was held back.</returns>
    public ReadOnlySpan<byte> End() => patterns.None ? [] : Pass([], last: true);

    private ReadOnlySpan<byte> Pass(ReadOnlySpan<byte> text, bool last)
    {
        _output.ResetWrittenCount();
        if (_held.Length > 0) text = (byte[])[.. _held, .. text];
        Find(text, _held.Length);
        var shown = text.Length - (last ? 0 : _state.Longest);
        Show(text[..shown]);
        _held = text[shown..].ToArray();
        _hidden = [.. _hidden.Where(secret => secret.To > shown).Select(secret => (Math.Max(0, secret.From - shown), secret.To - shown))];
        return _output.WrittenSpan;
    }

    private void Find(ReadOnlySpan<byte> text, int from)
    {
        var state = _state;
        for (var i = from; i < text.Length; i++)
        {
            state = patterns.Automaton.After(state, text[i]);
            if (state.Ended > 0) Hide(i + 1 - state.Ended, i + 1);
        }
        _state = state;
    }

    /// <summary>One that begins behind this one ends before it, and is within.</summary>
    private void Hide(int from, int to)
    {
        while (_hidden is [.., var before] && before.From >= from) _hidden.RemoveAt(_hidden.Count - 1);
        _hidden.Add((from, to));
    }

    private void Show(ReadOnlySpan<byte> text)
    {
        var at = 0;
        foreach (var (from, to) in _hidden)
        {
            if (from >= text.Length) break;
            if (from > at) Write(text[at..from]);
            if (!_starred) _output.Write(s_stars);
            _starred = true;
            at = Math.Max(at, Math.Min(to, text.Length));
        }
        if (at < text.Length) Write(text[at..]);
    }

    private void Write(ReadOnlySpan<byte> text)
    {
        _output.Write(text);
        _starred = false;
    }
}
