using System.Text;
using System.Text.RegularExpressions;

namespace Signalbox.Pipelines.Portable;

/// <summary>
/// Patterns of branches and tags: <c>*</c> is any text without a slash, <c>**</c> any text, <c>[0-9]</c> one of these characters,
/// <c>[0-9]+</c> one or more of them, <c>[0-9]?</c> one or none; everything else is itself. No name of a branch or a tag has a star or a
/// bracket that opens (git-check-ref-format).
/// </summary>
internal static partial class RefGlob
{
    /// <summary>Whether each of its sets is one: <c>[z-a]</c> has nothing in it, and no platform takes it.</summary>
    public static bool IsReadable(string glob) => Set().Matches(glob).All(IsSet);

    public static bool IsPattern(string text) => text.Contains('*') || Set().IsMatch(text);

    /// <summary>The text with what is no set changed.</summary>
    public static string Outside(string glob, Func<string, string> change)
    {
        var changed = new StringBuilder();
        var from = 0;
        foreach (var set in Set().Matches(glob).Where(IsSet))
        {
            changed.Append(change(glob[from..set.Index])).Append(set.Value);
            from = set.Index + set.Length;
        }
        return changed.Append(change(glob[from..])).ToString();
    }

    private static bool IsSet(Match set)
    {
        var ends = set.Value.IndexOf(']');
        for (var i = 1; i + 2 < ends; i++)
            if (set.Value[i + 1] == '-' && set.Value[i] > set.Value[i + 2]) return false;
            else if (set.Value[i + 1] == '-') i += 2;
        return true;
    }

    /// <summary>A regular expression for the whole name, without delimiters, as RE2 and .NET both read it.</summary>
    public static string Regex(string glob) => $"^{Outside(glob, Stars)}$";

    private static string Stars(string glob)
    {
        var regex = new StringBuilder();
        for (var i = 0; i < glob.Length; i++)
        {
            if (glob[i] != '*') { regex.Append(Escaped(glob[i])); continue; }
            if (i + 1 < glob.Length && glob[i + 1] == '*') { regex.Append(".*"); i++; }
            else regex.Append("[^/]*");
        }
        return regex.ToString();
    }

    /// <summary>The pattern of a regular expression; null where no pattern says the same.</summary>
    public static string? OfRegex(string regex)
    {
        if (!regex.StartsWith('^')) return null;
        var glob = new StringBuilder();
        for (var i = 1; i < regex.Length; i++)
        {
            var rest = regex.AsSpan(i);
            if (rest is "$") return glob.ToString();
            if (rest.StartsWith(".*", StringComparison.Ordinal)) { glob.Append("**"); i++; }
            else if (rest.StartsWith("[^/]*", StringComparison.Ordinal)) { glob.Append('*'); i += 4; }
            else if (rest.StartsWith(@"[^\/]*", StringComparison.Ordinal)) { glob.Append('*'); i += 5; }
            else if (SetAt().Match(regex, i, regex.Length - i) is { Success: true } set)
            {
                glob.Append(set.Groups[1].Success ? $"[0-9]{set.Groups[1].Value}" : set.Value);
                i += set.Length - 1;
            }
            else if (regex[i] == '\\' && i + 1 < regex.Length && !char.IsAsciiLetterOrDigit(regex[i + 1]) && regex[i + 1] is not ('*' or '[') && !Repeats(regex, i + 2)) glob.Append(regex[++i]);
            else if ((char.IsAsciiLetterOrDigit(regex[i]) || regex[i] is '-' or '_' or '/' or > '~') && !Repeats(regex, i + 1)) glob.Append(regex[i]);
            else return null;
        }
        // without an end it is a beginning
        return glob.Append("**").ToString();
    }

    private static bool Repeats(string regex, int at) => at < regex.Length && regex[at] is '*' or '+' or '?' or '{';

    private static string Escaped(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '/' || c > '~' ? c.ToString() : $"\\{c}";

    [GeneratedRegex(@"\[[A-Za-z0-9_.-]+\][+?]?")]
    private static partial Regex Set();

    [GeneratedRegex(@"\G(?:\\d(\+|\?|)|\[[A-Za-z0-9_.-]+\][+?]?)(?![*+?{])")]
    private static partial Regex SetAt();
}
