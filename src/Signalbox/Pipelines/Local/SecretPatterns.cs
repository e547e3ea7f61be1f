using System.Text;

namespace Signalbox.Pipelines.Local;

/// <summary>
/// What is hidden, in each form that it takes in a log or a report: as it is, each of its characters as JSON, XML and addresses spell
/// it, and in Base64, with or without line breaks, at each of the three offsets that a text around it may give.
/// </summary>
internal sealed class SecretPatterns
{
    /// <summary>Shorter ones would hide half of a log, and say by that what they are.</summary>
    public const int Shortest = 4;

    // what JSON and JavaScript have a letter for
    private static readonly Dictionary<int, char> s_letters = new()
    {
        ['"'] = '"',
        ['\\'] = '\\',
        ['/'] = '/',
        ['\''] = '\'',
        ['\b'] = 'b',
        ['\f'] = 'f',
        ['\n'] = 'n',
        ['\r'] = 'r',
        ['\t'] = 't',
    };

    private static readonly Dictionary<int, string> s_entities = new() { ['&'] = "amp", ['<'] = "lt", ['>'] = "gt", ['"'] = "quot", ['\''] = "apos" };

    private readonly SecretGraph _graph = new();

    public SecretPatterns(IEnumerable<string> secrets)
    {
        // a key in PEM is shown line by line
        var texts = secrets.SelectMany(secret => secret.Split('\n').Select(line => line.TrimEnd('\r')).Append(secret)).Where(text => text.Length >= Shortest);
        foreach (var text in texts.ToHashSet(StringComparer.Ordinal))
        {
            AddText(text);
            for (var before = 0; before < 3; before++) AddBase64(Encoded(Encoding.UTF8.GetBytes(text), before));
        }
        Automaton = new(_graph);
    }

    public bool None => _graph.IsEmpty;

    public SecretAutomaton Automaton { get; }

    private void AddText(string text)
    {
        var at = SecretGraph.Start;
        foreach (var rune in text.EnumerateRunes())
        {
            var next = _graph.Add();
            Lead(at, rune, next);
            // a terminal's line break, and that of a file from elsewhere
            if (rune.Value == '\n') _graph.Lead(at, "\r\n"u8, next);
            at = next;
        }
        _graph.End(at);
    }

    private void AddBase64(string encoded)
    {
        if (encoded.Length < Shortest) return;
        var at = SecretGraph.Start;
        foreach (var letter in encoded)
        {
            var next = _graph.Add();
            Letter(at, letter, next);
            if (at != SecretGraph.Start)
            {
                var broken = _graph.Add();
                _graph.Lead(at, "\n"u8, broken);
                _graph.Lead(at, "\r\n"u8, broken);
                Letter(broken, letter, next);
            }
            at = next;
        }
        _graph.End(at);
    }

    private void Letter(int from, char letter, int to)
    {
        Lead(from, new(letter), to);
        if (letter is '+') _graph.Lead(from, "-"u8, to);
        if (letter is '/') _graph.Lead(from, "_"u8, to);
    }

    /// <summary>A character as it is, and otherwise: letters and digits are always written as they are.</summary>
    private void Lead(int from, Rune rune, int to)
    {
        var text = rune.ToString();
        var bytes = Encoding.UTF8.GetBytes(text);
        _graph.Lead(from, bytes, to);
        if (rune.IsAscii && char.IsAsciiLetterOrDigit(text[0])) return;
        Spelled(string.Concat(text.Select(unit => $"\\u{(int)unit:x4}")));
        Spelled(string.Concat(bytes.Select(b => $"%{b:x2}")));
        Spelled($"&#{rune.Value};");
        Spelled($"&#x{rune.Value:x};");
        if (s_letters.TryGetValue(rune.Value, out var letter)) Spelled($"\\{letter}");
        if (s_entities.TryGetValue(rune.Value, out var entity)) Spelled($"&{entity};");
        // as forms are sent
        if (rune.Value == ' ') Spelled("+");

        void Spelled(string word) => _graph.Lead(from, Encoding.ASCII.GetBytes(word), to, anyCase: true);
    }

    /// <summary>The letters of Base64 that depend on the secret alone, whatever stands before and behind it.</summary>
    private static string Encoded(byte[] secret, int before)
    {
        var encoded = Convert.ToBase64String([.. new byte[before], .. secret]).TrimEnd('=');
        var whole = (before + secret.Length) * 8 / 6;
        var from = before switch { 0 => 0, 1 => 2, _ => 3 };
        return whole > from ? encoded[from..whole] : "";
    }
}
