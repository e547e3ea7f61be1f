using System.Text;
using System.Text.RegularExpressions;
using Signalbox.Delivery.Detection;

namespace Signalbox.Pipelines.Portable;

/// <summary>Scripts as portable text: variables that the platform sets are references, and every reference stands where a shell variable may stand.</summary>
internal static partial class ShellText
{
    /// <summary>Reads a script for a POSIX shell.</summary>
    /// <param name="text">With what the platform itself puts in already as references.</param>
    /// <param name="variable">What a shell variable stands for; null where it is the script's own.</param>
    public static PortableText Read(PortableText text, Func<string, PortableReference?> variable)
    {
        var parts = new List<TextPart>();
        var quoting = new ShellQuoting();
        foreach (var part in text.Parts)
            if (part.Reference is { } reference) Reference(reference, quoting, parts);
            else Literal(part.Literal!, quoting, variable, parts);
        return PortableText.Of(parts);
    }

    // within single quotes a shell puts nothing in: the quotes are closed around what the platform put in there
    private static void Reference(PortableReference reference, ShellQuoting quoting, List<TextPart> parts)
    {
        var single = quoting.Now == ShellQuote.Single;
        if (single) parts.Add(new("'\"", null));
        parts.Add(new(null, quoting.Now == ShellQuote.QuotedDocument ? reference with { InText = true } : reference));
        if (single) parts.Add(new("\"'", null));
        quoting.Pass("x");
    }

    private static void Literal(string text, ShellQuoting quoting, Func<string, PortableReference?> variable, List<TextPart> parts)
    {
        var from = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '$' && quoting.Expands && Name(text, at) is var (start, end, braced) && variable(text[start..end]) is { } reference)
            {
                var whole = !braced || (end < text.Length && text[end] == '}');
                parts.Add(new(text[from..(whole ? at : start)], null));
                parts.Add(new(null, whole ? reference : reference with { Bare = true }));
                from = whole && braced ? end + 1 : end;
                quoting.Pass(text.AsSpan(at, from - at));
                at = from - 1;
                continue;
            }
            quoting.Pass(text.AsSpan(at, 1), text.AsSpan(at + 1));
        }
        parts.Add(new(text[from..], null));
    }

    private static (int Start, int End, bool Braced)? Name(string text, int dollar)
    {
        var braced = dollar + 1 < text.Length && text[dollar + 1] == '{';
        var start = dollar + (braced ? 2 : 1);
        if (braced && start < text.Length && text[start] is '#' or '!') start++;
        var end = start;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_')) end++;
        return end == start || char.IsAsciiDigit(text[start]) ? null : (start, end, braced);
    }

    /// <summary>A shell variable, so that what follows cannot become part of its name.</summary>
    /// <param name="name">Its name, or a platform's own expression, which stands as it was written.</param>
    public static string Variable(PortableReference reference, string name) => reference.Bare || name.StartsWith('$') ? name : $"${{{name}}}";

    /// <summary>One word of a command: what variables hold stays one word and is no code.</summary>
    /// <param name="variable">The shell variable of a reference, or what the shell puts in for it where it begins with a dollar sign; null where there is none.</param>
    public static string Word(PortableText text, Func<PortableReference, string?> variable)
    {
        if (text.IsLiteral) return Words.Quote(text.Literal!);
        var word = new StringBuilder("\"");
        foreach (var part in text.Parts)
            if (part.Reference is { } reference) word.Append(variable(reference) switch { null => "${LEFT_FOR_A_PERSON}", ['$', ..] whole => whole, var name => $"${{{name}}}" });
            else
                foreach (var c in part.Literal!)
                {
                    if (c is '\\' or '"' or '$' or '`') word.Append('\\');
                    word.Append(c);
                }
        return word.Append('"').ToString();
    }

    private static readonly string[] s_lasting = ["cd", "pushd", "popd", "set", "export", "source", ".", "exit", "trap", "unset", "alias", "exec", "umask", "shopt", "return", "readonly", "eval"];

    /// <summary>Whether a script leaves the shell in another state, so that a script after it in the same shell would see it.</summary>
    public static bool Lasts(string script) =>
        Shell.ShellScript.Parse(script).Commands.Any(c => s_lasting.Contains(c.Program) || c.Program.Length == 0);

    /// <summary>Whether a script has what bash reads and a POSIX shell need not.</summary>
    public static bool IsBash(string script) => Bash().IsMatch(script.Replace(PipefailWhereKnown, "", StringComparison.Ordinal));

    /// <summary>A script's first line that has any part of a pipe fail it where the shell knows how.</summary>
    public const string PipefailWhereKnown = "(set -o pipefail) 2>/dev/null && set -o pipefail\n";

    /// <summary>Whether the failure of a pipe's part can be told from that of its last, and the script does not say itself whether it is.</summary>
    public static bool HasPipe(string script)
    {
        if (!script.Contains('|') || script.Contains("pipefail", StringComparison.Ordinal)) return false;
        var (quoting, within) = (new ShellQuoting(), script.Contains("$(", StringComparison.Ordinal));
        for (var at = 0; at < script.Length; at++)
        {
            if (script[at] == '|' && (quoting.Now == ShellQuote.None || within && quoting.Now == ShellQuote.Double) && (at == 0 || script[at - 1] is not ('|' or '>')) && (at + 1 == script.Length || script[at + 1] != '|')) return true;
            quoting.Pass(script.AsSpan(at, 1), script.AsSpan(at + 1));
        }
        return false;
    }

    [GeneratedRegex(@"(?:^|[\s;&|(!])(?:\[\[|\(\(|source|mapfile|readarray|declare|shopt|function)\s|<<<|[<>]\(|\w=\(|\$\{\w+(?:\[|\^|,|//)|\bread -a\b|&>|\bset\s+[-\w\s]*-\w*o\s+pipefail\b|\bset\s+-o\s+pipefail\b")]
    private static partial Regex Bash();

    /// <summary>Whether a command stands behind one that may fail and that nothing asks, on a line of its own or behind <c>;</c>: it runs where the shell goes on.</summary>
    public static bool IsSequence(string script)
    {
        if (script.Contains('\n')) return true;
        var commands = Shell.ShellScript.Parse(script).Commands;
        return commands.SkipLast(1).Index().Any(c => c.Item.Link == Shell.ShellLink.Next && !(c.Item.Program is "echo" or "true" or ":" && (c.Index == 0 || commands[c.Index - 1].Link != Shell.ShellLink.Pipe)));
    }

    /// <summary>The lines of a script where each is a command of its own; null where some go together.</summary>
    public static IReadOnlyList<string>? Lines(string script)
    {
        if (script.Contains("<<", StringComparison.Ordinal) || script.Contains('\r') || script.Contains('\t')) return null;
        var lines = script.Split('\n');
        foreach (var line in lines)
        {
            if (line.Length == 0 || line[0] is ' ' or '#' || line[^1] is ' ' or '\\' || !IsWhole(line)) return null;
            var word = line.Split([' ', ';', '('], 2)[0];
            if (word is "if" or "then" or "else" or "elif" or "fi" or "for" or "while" or "until" or "do" or "done" or "case" or "esac" or "function" or "{" or "}" or "" or ")") return null;
            if (line.EndsWith("&&", StringComparison.Ordinal) || line.EndsWith('|') || line.EndsWith('{') || line.EndsWith('(') || line.EndsWith("then", StringComparison.Ordinal) || line.EndsWith("do", StringComparison.Ordinal)) return null;
        }
        return lines;
    }

    private static bool IsWhole(string line)
    {
        var quoting = new ShellQuoting();
        quoting.Pass(line);
        return quoting.Now == ShellQuote.None && line.Count(c => c == '(') == line.Count(c => c == ')') && line.Count(c => c == '{') == line.Count(c => c == '}');
    }
}
