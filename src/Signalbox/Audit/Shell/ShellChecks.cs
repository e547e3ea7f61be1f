using System.Text.RegularExpressions;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Shell;

/// <summary>Ways in which scripts make sure that a text is a number or a word: by asking and stopping, or by taking out what is neither.</summary>
internal static partial class ShellChecks
{
    private const int LongestPattern = 200;

    /// <summary>Whether the script goes on behind a command only with a variable that is harmless.</summary>
    public static bool Stops(ShellScript script, ShellCommand command, string name) =>
        script.Text.AsSpan(command.Range.Start, command.Range.Length).Contains(name, StringComparison.Ordinal) ? Asks(script, command, name) && IsHeeded(script, command)
        : command.Program == "grep" && command.Has("-q") && script.Text.Contains(name, StringComparison.Ordinal) && ShellGroups.Of(script).Before(command) is { Link: ShellLink.Pipe } piped && Names(piped, name)
            && TakesHarmless(command) && IsHeeded(script, command);

    // || echo goes on
    private static bool IsHeeded(ShellScript script, ShellCommand command) => ShellFailure.Swallowed(script, command) is null or ShellFailure.Asked;

    private static bool Asks(ShellScript script, ShellCommand command, string name)
    {
        var words = command.Words;
        for (var i = 1; i + 1 < words.Length; i++)
            if (words[i].Text == "=~") return IsVariable(words[i - 1], name) && IsHarmless(Pattern(script, command, words[i]));
        // [ "$N" -eq "$N" ] is an error where it is no number
        if (words.Any(w => w.Text is "-eq" or "-ne" or "-gt" or "-ge" or "-lt" or "-le") && words.Any(w => w.Text is "[" or "test")) return words.Any(w => IsVariable(w, name));
        if (words.Any(w => w.Text == "case")) return words.SkipWhile(w => w.Text != "case").Skip(1).FirstOrDefault() is { } asked && IsVariable(asked, name) && Refused().IsMatch(Behind(script.Text, command.Range.Start));
        return command.Program == "grep" && command.Has("-q") && command.Redirects.Any(r => r.Operator == "<<<" && IsVariable(r.Target, name)) && TakesHarmless(command);
    }

    private static bool TakesHarmless(ShellCommand grep) => grep.Arguments.Any(a => IsHarmless(grep.Has("-x") ? $"^{a.Text.Trim('^', '$')}$" : a.Text));

    private static string Behind(string text, int at) => text[at..Math.Min(text.Length, at + LongestPattern)];

    private static bool IsVariable(ShellWord word, string name) => word.Text.Trim('$', '{', '}') == name;

    private static bool Names(ShellCommand command, string name) => command.Arguments.Any(a => IsVariable(a, name));

    // bash's manual, "Conditional Constructs": a pattern is best kept in a variable
    private static string Pattern(ShellScript script, ShellCommand command, ShellWord match)
    {
        // brackets and bars in it are no signs of the shell
        var behind = Behind(script.Text, match.Range.End);
        var written = (behind.IndexOf(" ]]", StringComparison.Ordinal) is >= 0 and var end ? behind[..end] : "").Trim(' ', '"', '\'');
        return !written.StartsWith('$') ? written
            : script.Commands.Where(c => c.Range.Start < command.Range.Start).SelectMany(c => c.Assignments).LastOrDefault(a => a.Text.StartsWith(written.Trim('$', '{', '}') + "=", StringComparison.Ordinal)) is { } set ? set.Text[(set.Text.IndexOf('=') + 1)..] : "";
    }

    /// <summary>Whether a filter lets nothing through that a shell reads as more than a word: numbers, sums, what is left without all other signs.</summary>
    public static bool Cleans(ShellCommand command) => command.Program switch
    {
        "sed" or "perl" => command.Arguments.Any(a => Emptied().IsMatch(a.Text)),
        "jq" or "yq" => command.Arguments.Any(a => a.Text.TrimEnd(' ', ')', ']').EndsWith("tonumber", StringComparison.Ordinal)),
        "awk" or "gawk" => command.Arguments.FirstOrDefault(a => a.Text.Contains('{')) is { } program && (!program.Text.Contains('$') || program.Text.Contains("+=", StringComparison.Ordinal)),
        "printf" => command.Arguments.FirstOrDefault(a => !a.Text.StartsWith('-')) is { } format && !format.Text.Contains("%s", StringComparison.Ordinal) && !format.Text.Contains("%b", StringComparison.Ordinal) && Numbers().IsMatch(format.Text),
        _ => false,
    };

    /// <summary>A text without the expansions from which all other signs are taken out: <c>${NAME//[^0-9]/}</c>.</summary>
    public static string WithoutCleaned(string text) => text.Contains("//", StringComparison.Ordinal) ? Cleaned().Replace(text, "") : text;

    /// <summary>Whether a pattern covers all of a text and takes nothing that a shell reads as more than a word.</summary>
    private static bool IsHarmless(string pattern) => pattern.Length <= LongestPattern && !pattern.Contains("A-z", StringComparison.Ordinal) && Harmless().IsMatch(pattern);

    // letters, digits and the signs of names, alone or in sets, each with how often; groups and choices of such
    [GeneratedRegex(@"^\^(?>\((?:\?:)?|\)|\||\[(?>[\w./@:+-]|\\[.-]|\[:(?:alnum|alpha|digit|upper|lower|xdigit):\])+\]|\\[d.\-]|[\w/-]|[?+*]|\{[0-9,]{1,9}\})+\$$", RegexOptions.CultureInvariant)]
    private static partial Regex Harmless();

    [GeneratedRegex(@"\[[!^][\w.-]{1,40}\]", RegexOptions.CultureInvariant)]
    private static partial Regex Refused();

    [GeneratedRegex(@"s(?<sign>[/|,#])\[\^[\w.-]{1,40}\][*+]?\k<sign>[\w-]?\k<sign>g", RegexOptions.CultureInvariant)]
    private static partial Regex Emptied();

    [GeneratedRegex(@"\$\{\w{1,100}//\[[!^][\w.-]{1,40}\]/[\w-]?\}", RegexOptions.CultureInvariant)]
    private static partial Regex Cleaned();

    [GeneratedRegex("%[0-9]{0,3}[diuxo]", RegexOptions.CultureInvariant)]
    private static partial Regex Numbers();
}
