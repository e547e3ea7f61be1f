using System.Text;

namespace Signalbox.Pipelines.Portable;

/// <summary>Patterns of branches and tags: <c>*</c> is any text without a slash, <c>**</c> any text, everything else itself.</summary>
internal static class RefGlob
{
    /// <summary>A regular expression for the whole name, without delimiters, as RE2 and .NET both read it.</summary>
    public static string Regex(string glob)
    {
        var regex = new StringBuilder("^");
        for (var i = 0; i < glob.Length; i++)
        {
            if (glob[i] != '*') { regex.Append(Escaped(glob[i])); continue; }
            if (i + 1 < glob.Length && glob[i + 1] == '*') { regex.Append(".*"); i++; }
            else regex.Append("[^/]*");
        }
        return regex.Append('$').ToString();
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
            else if (regex[i] == '\\' && i + 1 < regex.Length && !char.IsAsciiLetterOrDigit(regex[i + 1]) && regex[i + 1] != '*') glob.Append(regex[++i]);
            else if (char.IsAsciiLetterOrDigit(regex[i]) || regex[i] is '-' or '_' or '/') glob.Append(regex[i]);
            else return null;
        }
        // without an end it is a beginning
        return glob.Append("**").ToString();
    }

    private static string Escaped(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '/' || c > '~' ? c.ToString() : $"\\{c}";
}
