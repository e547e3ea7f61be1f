using System.Collections.Immutable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Shell;

/// <summary>What follows a command: how its failure reaches, or does not reach, the script.</summary>
public enum ShellLink { End, Next, And, Or, Pipe, Background }

/// <summary>A word after quotes are taken away; expansions stay as they are written.</summary>
/// <param name="Range">The word with its quotes, as a piece of the script.</param>
/// <param name="Quoted">Whether it begins with a quote.</param>
/// <param name="Nested">The commands of <c>$(…)</c>, backticks and <c>&lt;(…)</c> in it.</param>
public sealed record ShellWord(string Text, TextRange Range, bool Quoted, IReadOnlyList<ShellCommand> Nested);

/// <summary>A redirection.</summary>
/// <param name="Operator">As written: <c>&gt;</c>, <c>&gt;&gt;</c>, <c>2&gt;</c>, <c>&lt;</c>, <c>&lt;&lt;&lt;</c> …</param>
public sealed record ShellRedirect(string Operator, ShellWord Target);

/// <summary>One simple command of a script.</summary>
/// <param name="Words">Assignments before the program included.</param>
/// <param name="Range">The command as a piece of the script.</param>
/// <param name="HereDocument">The text of a here-document as a piece of the script, or null.</param>
/// <param name="Depth">0 in the script itself, more within substitutions.</param>
public sealed record ShellCommand(
    ImmutableArray<ShellWord> Words, TextRange Range, ShellLink Link, ImmutableArray<ShellRedirect> Redirects, TextRange? HereDocument, int Depth)
{
    private readonly (int At, string Name, ImmutableArray<ShellWord> Arguments) _program = ReadProgram(Words);

    /// <summary>The program's name without its directory; empty where there is none (an assignment alone).</summary>
    public string Program => _program.Name;

    /// <summary>The program as it is written, its directory included; null where there is none.</summary>
    public string? ProgramPath => _program.At < Words.Length ? Words[_program.At].Text : null;

    /// <summary>The words after the program.</summary>
    public ImmutableArray<ShellWord> Arguments => _program.Arguments;

    /// <summary>Variables set before the program, and alone: <c>A=b</c>.</summary>
    public IEnumerable<ShellWord> Assignments => Words.Take(_program.At).Where(w => IsAssignment(w));

    /// <summary>The first argument that is no option: <c>upgrade</c> of <c>helm upgrade</c>.</summary>
    public string? Verb => Arguments.FirstOrDefault(w => !w.Text.StartsWith('-'))?.Text;

    /// <summary>The last argument, where programs that take one thing name it.</summary>
    public string? Last => Arguments is [.., var last] ? last.Text : null;

    /// <summary>Whether the program is that, and the words after it that are no options begin so.</summary>
    public bool Is(string program, params ReadOnlySpan<string> verbs)
    {
        if (Program != program) return false;
        var at = 0;
        foreach (var word in Arguments)
        {
            if (at == verbs.Length) break;
            if (word.Text.StartsWith('-')) continue;
            if (word.Text != verbs[at]) return false;
            at++;
        }
        return at == verbs.Length;
    }

    /// <summary>Whether an option is given: <c>--name</c>, <c>--name=value</c>, or a letter among short ones (<c>-rf</c>).</summary>
    public bool Has(string option) => Option(option) is not null;

    /// <summary>The word that gives an option, or null.</summary>
    public ShellWord? Option(string option) => Arguments.FirstOrDefault(w =>
        w.Text == option
        || (w.Text.StartsWith(option, StringComparison.Ordinal) && w.Text.Length > option.Length && w.Text[option.Length] == '=')
        || (option.Length == 2 && option[0] == '-' && w.Text.Length > 2 && w.Text[0] == '-' && w.Text[1] != '-' && w.Text.AsSpan(1).IndexOf(option[1]) >= 0 && !w.Text.Contains('=')));

    /// <summary>The value of an option, written <c>--name value</c> or <c>--name=value</c>.</summary>
    public string? Value(string option)
    {
        for (var i = 0; i < Arguments.Length; i++)
        {
            var text = Arguments[i].Text;
            if (text == option) return i + 1 < Arguments.Length ? Arguments[i + 1].Text : null;
            if (text.StartsWith(option, StringComparison.Ordinal) && text.Length > option.Length && text[option.Length] == '=') return text[(option.Length + 1)..];
        }
        return null;
    }

    internal static bool IsAssignment(ShellWord word)
    {
        var at = word.Text.IndexOf('=');
        if (at <= 0 || char.IsAsciiDigit(word.Text[0])) return false;
        foreach (var c in word.Text.AsSpan(0, at))
            if (!char.IsAsciiLetterOrDigit(c) && c != '_') return false;
        return true;
    }

    // words that only lead to the program that runs
    private static readonly HashSet<string> s_prefixes = new(StringComparer.Ordinal)
    {
        "sudo", "env", "exec", "time", "command", "nohup", "then", "do", "else", "if", "elif", "while", "until", "!", "{", "builtin",
    };

    private static (int, string, ImmutableArray<ShellWord>) ReadProgram(ImmutableArray<ShellWord> words)
    {
        var at = ProgramIndex(words);
        return at < words.Length ? (at, BaseName(words[at].Text), words[(at + 1)..]) : (at, "", []);
    }

    private static int ProgramIndex(ImmutableArray<ShellWord> words)
    {
        var at = 0;
        var prefixed = false;
        for (; at < words.Length; at++)
        {
            var word = words[at];
            if (IsAssignment(word)) continue;
            if (!word.Quoted && s_prefixes.Contains(word.Text)) { prefixed = true; continue; }
            if (prefixed && word.Text.StartsWith('-')) continue;
            break;
        }
        return at;
    }

    private static string BaseName(string path) => path[(path.LastIndexOf('/') + 1)..];
}
