using System.Buffers;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Shell;

/// <summary>What commands print, as far as their own words tell.</summary>
internal static class ShellText
{
    // between the percent sign of a printf and its letter
    private static readonly SearchValues<char> s_width = SearchValues.Create("-+ #0123456789.");

    // what they read goes on in what they print, changed at most
    private static readonly HashSet<string> s_filters = new(StringComparer.Ordinal)
    {
        "cat", "sed", "awk", "gawk", "cut", "head", "tail", "sort", "uniq", "basename", "dirname", "rev", "fold", "fmt", "xargs", "tee", "jq", "yq", "iconv", "envsubst", "perl", "paste", "expand", "nl", "tac", "column", "echo", "printf",
    };

    /// <summary>Whether text that a command is given comes out again: a sum, a count or what is left of it after <c>tr -cd</c> does not.</summary>
    public static bool PassesOn(ShellCommand command) => s_filters.Contains(command.Program)
        || (command.Program == "tr" && !command.Arguments.Any(a => a.Text is ['-', .. var letters] && letters.Contains('d') && letters.Any(c => c is 'c' or 'C')))
        || (command.Program == "grep" && !command.Has("-o") && !command.Has("-c") && !command.Has("-q"));

    /// <summary>Whether a command is <c>&lt; FILE</c> alone, which bash reads as text.</summary>
    public static bool IsRead(ShellCommand command) => command.Words.Length == 0 && command.Redirects is [{ Operator: "<" }];

    /// <summary>The files whose text a filter prints, by their paths as they are written.</summary>
    public static IEnumerable<string> FilesRead(ShellCommand command)
    {
        var files = command.Redirects.Where(r => r.Operator == "<" && r.Target.Nested.Count == 0).Select(r => r.Target.Text);
        var named = command.Arguments.Select(a => a.Text).Where(a => a.Length > 0 && a[0] != '-');
        return command.Program switch
        {
            "cat" or "tac" or "sort" or "uniq" or "nl" => files.Concat(named),
            "head" or "tail" or "cut" or "fold" => files.Concat(named.TakeLast(1)),
            // the first is a program or a pattern
            "sed" or "awk" or "gawk" or "jq" or "yq" or "grep" => files.Concat(named.Skip(1).TakeLast(1)),
            _ => files,
        };
    }

    /// <summary>The words a command is given as text: none of its options; a literal in single quotes without what a shell would expand.</summary>
    public static IEnumerable<string> Words(string script, ShellCommand command) => command.Arguments.Select(a => Expanded(script, a));

    /// <summary>A word as text in which every variable counts.</summary>
    public static string Expanded(string script, ShellWord word) => IsSingleQuoted(script, word) ? Literal(word.Text) : word.Text;

    /// <summary>A word that a program reads escapes in: in double quotes the shell leaves them to it.</summary>
    private static string Escaped(string script, ShellWord word) =>
        script[word.Range.Start..word.Range.End] is ['"', .. var inner, '"'] && !inner.Contains('"') ? inner : Expanded(script, word);

    /// <summary>Text that no shell expands; what a platform puts in before stays.</summary>
    public static string Literal(string text) => text.Replace("$", "", StringComparison.Ordinal).Replace("{{", "${{", StringComparison.Ordinal).Replace("`", "", StringComparison.Ordinal);

    /// <summary>The lines that <c>echo</c> or <c>printf</c> prints; null for every other program.</summary>
    public static IReadOnlyList<string>? Printed(string script, ShellCommand command) => command.Program switch
    {
        "echo" when command.Arguments is [{ Text: "-e" or "-ne" or "-en" }, .. var words] => string.Join(' ', words.Select(w => Escaped(script, w))).Replace("\\n", "\n", StringComparison.Ordinal).Split('\n'),
        "echo" => [string.Join(' ', Words(script, command).SkipWhile(w => w is "-n" or "-E"))],
        "printf" when command.Arguments is [{ Text: not "-v" } format, .. var words] => Formatted([Escaped(script, format), .. words.Select(w => Expanded(script, w))]),
        "printf" => [],
        _ when IsWriteOutput(command) => [string.Join(' ', Words(script, command))],
        _ => null,
    };

    /// <summary>PowerShell's <c>echo</c>.</summary>
    public static bool IsWriteOutput(ShellCommand command) => command.Program.Equals("Write-Output", StringComparison.OrdinalIgnoreCase);

    /// <summary>A format with its arguments put in, used again while there are more of them, as POSIX has it.</summary>
    private static string[] Formatted(string[] words)
    {
        var (result, at) = (new System.Text.StringBuilder(), 1);
        do
        {
            var before = at;
            for (var i = 0; i < words[0].Length; i++)
            {
                var (c, next) = (words[0][i], i + 1 < words[0].Length ? words[0][i + 1] : '\0');
                if (c == '\\' && next == 'n') { result.Append('\n'); i++; }
                else if (c == '%' && next == '%') { result.Append('%'); i++; }
                else if (c == '%' && words[0].AsSpan(i + 1).IndexOfAnyExcept(s_width) is >= 0 and var end && char.IsAsciiLetter(words[0][i + 1 + end]))
                {
                    if (at < words.Length) result.Append(words[at++]);
                    i += end + 1;
                }
                else result.Append(c);
            }
            if (at == before) break;
        }
        while (at < words.Length && at < 64);
        return result.ToString().TrimEnd('\n').Split('\n');
    }

    private static bool IsSingleQuoted(string script, ShellWord word) =>
        word.Range.Start < script.Length && script[word.Range.Start] == '\'' && word.Range.Length == word.Text.Length + 2;
}
