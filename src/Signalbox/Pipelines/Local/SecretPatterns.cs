using System.Text;

namespace Signalbox.Pipelines.Local;

/// <summary>
/// What is hidden, in each form that it takes in a log or a report: as it is, each of its characters as JSON, XML, addresses and shells
/// spell it, and in Base64, with or without line breaks, which are spelled so, too, at each of the three offsets that a text around it may give.
/// </summary>
internal sealed class SecretPatterns
{
    /// <summary>Shorter ones would hide half of a log, and say by that what they are.</summary>
    public const int Shortest = 4;

    // what JSON, JavaScript and shells have a letter for
    private static readonly Dictionary<int, char> s_letters = new()
    {
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
            if (rune.Value == '\n') LineBreak(at, next);
            else Lead(at, rune, next);
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
                LineBreak(at, broken);
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

    /// <summary>As it is here, and as a terminal or a file from elsewhere has it.</summary>
    private void LineBreak(int from, int to)
    {
        Lead(from, new('\n'), to);
        var returned = _graph.Add();
        Lead(from, new('\r'), returned);
        Lead(returned, new('\n'), to);
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
        Numbered("&#", $"{rune.Value};");
        Numbered("&#x", $"{rune.Value:x};");
        if (s_letters.TryGetValue(rune.Value, out var letter)) Spelled($"\\{letter}");
        // shells put it before any other
        else if (rune.IsAscii) Spelled($"\\{text}");
        if (s_entities.TryGetValue(rune.Value, out var entity)) Spelled($"&{entity};");
        // as forms are sent
        if (rune.Value == ' ') Spelled("+");
        // within single quotes: as bash -x shows it, and as programs quote for a shell
        if (rune.Value == '\'')
        {
            Spelled("'\\''");
            Spelled("'\"'\"'");
        }

        void Spelled(string word) => _graph.Lead(from, Encoding.ASCII.GetBytes(word), to, anyCase: true);

        // with any number of zeros before it
        void Numbered(string before, string number)
        {
            var zeros = _graph.Add();
            _graph.Lead(from, Encoding.ASCII.GetBytes(before), zeros, anyCase: true);
            _graph.Lead(zeros, "0"u8, zeros);
            _graph.Lead(zeros, Encoding.ASCII.GetBytes(number), to, anyCase: true);
        }
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
