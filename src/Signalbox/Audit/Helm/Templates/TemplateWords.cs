using System.Globalization;
using System.Text;

namespace Signalbox.Audit.Helm.Templates;

/// <summary>Reads what stands between <c>{{</c> and <c>}}</c>.</summary>
internal sealed class TemplateWords(string text)
{
    private const int Deepest = 25;

    private int _depth;

    public int At { get; set; }

    /// <summary>Whether the action ends here.</summary>
    public bool Ends
    {
        get
        {
            Space();
            return Has("}}") || Has("-}}");
        }
    }

    public TemplateException Error(string message) => new(message, Math.Min(At, text.AsSpan().TrimEnd().Length));

    /// <summary>Whether a minus that trims the text before the action stands here.</summary>
    public bool TrimsBefore() => At + 1 < text.Length && text[At] == '-' && char.IsWhiteSpace(text[At + 1]);

    /// <summary>Goes past a comment.</summary>
    public bool Comment()
    {
        Space();
        if (!Has("/*")) return false;
        var end = text.IndexOf("*/", At + 2, StringComparison.Ordinal);
        if (end < 0) throw Error("a comment has no end");
        At = end + 2;
        return true;
    }

    /// <summary>Goes past the end of an action.</summary>
    /// <returns>Whether it trims the text after it.</returns>
    public bool Close()
    {
        if (!Ends) throw Error("an action does not end here");
        var trims = text[At] == '-';
        At += trims ? 3 : 2;
        return trims;
    }

    /// <summary>Takes a word of the language, or nothing: empty where a value begins.</summary>
    public string Keyword()
    {
        Space();
        var start = At;
        var word = Identifier();
        if (word is "if" or "with" or "range" or "else" or "end" or "define" or "block" or "template" or "break" or "continue") return word;
        At = start;
        return "";
    }

    public string Quoted()
    {
        Space();
        return Literal() as string ?? throw Error("a name in quotes is missing");
    }

    public TemplatePipe Pipe()
    {
        if (++_depth > Deepest) throw Error("parentheses lie too deep");
        Space();
        var start = At;
        var (variables, declares) = Targets();
        var commands = new List<IReadOnlyList<Operand>>();
        do commands.Add(Command());
        while (Takes('|'));
        _depth--;
        return new(new(start, At), variables, declares, commands);
    }

    // $a, $b := …, or nothing
    private (IReadOnlyList<string> Names, bool Declares) Targets()
    {
        var start = At;
        var names = new List<string>();
        while (At < text.Length && text[At] == '$')
        {
            At++;
            names.Add("$" + Identifier());
            Space();
            if (Has(":="))
            {
                At += 2;
                return (names, true);
            }
            if (Takes('=')) return (names, false);
            if (!Takes(',')) break;
            Space();
        }
        At = start;
        return ([], false);
    }

    private List<Operand> Command()
    {
        var words = new List<Operand>();
        while (!Ends && At < text.Length && text[At] is not ('|' or ')')) words.Add(Word());
        if (At >= text.Length) throw Error("an action has no end");
        return words.Count > 0 ? words : throw Error("a value is missing");
    }

    private Operand Word()
    {
        var c = text[At];
        if (c == '(')
        {
            At++;
            var pipe = Pipe();
            if (!Takes(')')) throw Error("a parenthesis is not closed");
            return new Parenthesis(pipe, Names());
        }
        if (c == '$')
        {
            At++;
            var name = "$" + Identifier();
            return new Variable(name, Names());
        }
        if (c == '.' && !IsDigit(At + 1))
        {
            if (IsLetter(At + 1)) return new Fields(Names());
            At++;
            return new Fields([]);
        }
        if (c is '"' or '`' or '\'' || IsDigit(At) || (c is '-' or '+' or '.' && IsDigit(At + 1))) return new Constant(Literal());
        return Identifier() switch
        {
            "" => throw Error($"'{c}' is not understood"),
            "true" => new Constant(true),
            "false" => new Constant(false),
            "nil" => new Constant(null),
            var name => new Function(name),
        };
    }

    private List<string> Names()
    {
        var names = new List<string>();
        while (At < text.Length && text[At] == '.' && IsLetter(At + 1))
        {
            At++;
            names.Add(Identifier());
        }
        return names;
    }

    private object? Literal()
    {
        if (At >= text.Length) return null;
        return text[At] switch
        {
            '`' => Raw(),
            '"' => Escaped('"'),
            '\'' => Escaped('\'') is [var only] ? (long)only : throw Error("a character is not understood"),
            _ => Number(),
        };
    }

    private string Raw()
    {
        var end = text.IndexOf('`', At + 1);
        if (end < 0) throw Error("a quote is not closed");
        var raw = text[(At + 1)..end];
        At = end + 1;
        return raw;
    }

    private string Escaped(char quote)
    {
        var value = new StringBuilder();
        for (At++; At < text.Length && text[At] != quote && text[At] != '\n'; At++)
        {
            if (text[At] != '\\') value.Append(text[At]);
            else if (++At < text.Length) value.Append(Escape());
        }
        if (At >= text.Length || text[At] != quote) throw Error("a quote is not closed");
        At++;
        return value.ToString();
    }

    private string Escape() => text[At] switch
    {
        'n' => "\n",
        't' => "\t",
        'r' => "\r",
        'a' => "\a",
        'b' => "\b",
        'f' => "\f",
        'v' => "\v",
        'x' => Code(2),
        'u' => Code(4),
        var c => c.ToString(),
    };

    private string Code(int digits)
    {
        if (At + digits >= text.Length || !int.TryParse(text.AsSpan(At + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)) throw Error("an escape is not understood");
        At += digits;
        return ((char)code).ToString();
    }

    private object Number()
    {
        var start = At;
        if (text[At] is '-' or '+') At++;
        while (At < text.Length && (char.IsAsciiLetterOrDigit(text[At]) || text[At] is '.' or '_' || (text[At] is '-' or '+' && text[At - 1] is 'e' or 'E'))) At++;
        var word = text[start..At].Replace("_", "", StringComparison.Ordinal);
        if (long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return whole;
        if (word.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && long.TryParse(word.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex)) return hex;
        if (Power(word) is { } power) return power;
        return double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw Error("a number is not understood");
    }

    // 0x1p60
    private static double? Power(string word) => word.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && word[2..].Split('p', 'P') is [var mantissa, var exponent]
        && long.TryParse(mantissa, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) && int.TryParse(exponent, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var power)
        ? Math.ScaleB(number, power) : null;

    private string Identifier()
    {
        var start = At;
        while (At < text.Length && (char.IsLetterOrDigit(text[At]) || text[At] == '_')) At++;
        return text[start..At];
    }

    private bool Takes(char c)
    {
        Space();
        if (At >= text.Length || text[At] != c) return false;
        At++;
        return true;
    }

    private void Space()
    {
        while (At < text.Length && char.IsWhiteSpace(text[At])) At++;
    }

    private bool Has(string piece) => string.CompareOrdinal(text, At, piece, 0, piece.Length) == 0;

    private bool IsLetter(int at) => at < text.Length && (char.IsLetter(text[at]) || text[at] == '_');

    private bool IsDigit(int at) => at < text.Length && char.IsAsciiDigit(text[at]);
}
