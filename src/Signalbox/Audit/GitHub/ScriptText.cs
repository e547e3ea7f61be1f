using System.Text.RegularExpressions;

namespace Signalbox.Audit.GitHub;

/// <summary>JavaScript as far as brackets and texts: where a value ends, and what stands around a part of it.</summary>
internal static partial class ScriptText
{
    /// <summary>The script with blanks in place of what stands within texts and comments; of templates what is put in stays. As long as before.</summary>
    public static string WithoutTexts(string script)
    {
        var code = script.ToCharArray();
        // brackets of templates' insertions that are open
        var inserted = new Stack<int>();
        var depth = 0;
        for (var i = 0; i < code.Length; i++)
        {
            var (c, next) = (script[i], i + 1 < script.Length ? script[i + 1] : '\0');
            if (c == '/' && next == '/') i = Blank(i, script.IndexOf('\n', i));
            else if (c == '/' && next == '*') i = Blank(i, script.IndexOf("*/", i + 2, StringComparison.Ordinal) is >= 0 and var end ? end + 2 : -1);
            else if (c is '\'' or '"') i = Text(i + 1, c);
            else if (c == '`') i = Template(i + 1);
            else if (c == '{') depth++;
            else if (c == '}' && inserted.TryPeek(out var open) && open == depth)
            {
                inserted.Pop();
                i = Template(i + 1);
            }
            else if (c == '}') depth--;
        }
        return new(code);

        int Blank(int from, int to)
        {
            to = to < 0 ? code.Length : to;
            for (var i = from; i < to; i++)
                if (code[i] != '\n') code[i] = ' ';
            return to - 1;
        }

        int Text(int at, char quote)
        {
            for (; at < code.Length && script[at] != quote && script[at] != '\n'; at++)
            {
                if (script[at] == '\\' && at + 1 < code.Length) code[at++] = ' ';
                code[at] = ' ';
            }
            return at;
        }

        int Template(int at)
        {
            for (; at < code.Length && script[at] != '`'; at++)
            {
                if (script[at] == '$' && at + 1 < code.Length && script[at + 1] == '{')
                {
                    inserted.Push(depth);
                    return at + 1;
                }
                if (script[at] == '\\' && at + 1 < code.Length) code[at++] = ' ';
                if (code[at] != '\n') code[at] = ' ';
            }
            return at;
        }
    }

    /// <summary>Where a value ends that begins at a place: at a semicolon, a line that does not go on, or the bracket around it.</summary>
    public static int EndOf(string code, int start, int longest)
    {
        var depth = 0;
        var last = Math.Min(code.Length, start + longest);
        for (var i = start; i < last; i++)
            switch (code[i])
            {
                case '(' or '[' or '{': depth++; break;
                case ')' or ']' or '}' when depth-- == 0: return i;
                case ';' or ',' when depth == 0: return i;
                case '\n' when depth == 0 && !GoesOn(code, start, i): return i;
                default: break;
            }
        return last;
    }

    private static bool GoesOn(string code, int start, int line)
    {
        var after = code.AsSpan(line, Math.Min(200, code.Length - line)).TrimStart();
        return after is ['.' or '?' or ':' or '+' or '|' or '&', ..] || code.AsSpan(start, line - start).TrimEnd() is [] or [.., '+' or '|' or '&' or '?' or ':' or '='];
    }

    /// <summary>Whether a place lies within a function of the script's own: what that returns is not what the script returns.</summary>
    public static bool IsInFunction(string code, int at)
    {
        var open = 0;
        for (var i = at - 1; i >= 0; i--)
            if (code[i] == '}') open++;
            else if (code[i] == '{' && open-- == 0)
            {
                open = 0;
                if (Head().IsMatch(code[Math.Max(0, i - 200)..i])) return true;
            }
        return false;
    }

    /// <summary>Whether a part of a value is part of what comes out: nothing is asked of it, looked up by it, or made of it that is not known to keep it.</summary>
    public static bool ComesThrough(string value, int start, int end)
    {
        var kept = Keeps().Match(value[end..]);
        var behind = value.AsSpan(end + kept.Length).TrimStart();
        if (behind is ['.' or '(' or '[' or '<' or '>', ..] or ['?', '.', ..] or ['=' or '!', '=', ..] or ['&', '&', ..] or ['=', '>', ..]) return false;
        if (behind is ['?', not '?', ..] || Word().IsMatch(behind)) return false;
        if (value.AsSpan(0, start).TrimEnd() is [.., '!'] or [.., '=', '='] or [.., '<' or '>']) return false;
        return Around(value, start, behind is [':', ..]);
    }

    // within brackets it comes through where these only put it together: String(…), `…${…}`, (…)
    private static bool Around(string value, int start, bool named)
    {
        var depth = 0;
        for (var i = start - 1; i >= 0; i--)
        {
            if (value[i] is ')' or ']' or '}') depth++;
            else if (value[i] is '(' or '[' or '{' && depth-- == 0)
            {
                depth = 0;
                var before = value[Math.Max(0, i - 100)..i].TrimEnd();
                if (value[i] == '{' && named && before is not [.., '$']) return false;
                if (value[i] != '{' && before is [.., var last] && (char.IsLetterOrDigit(last) || last is '_' or '$' or ')' or ']') && !Keeping().IsMatch(before)) return false;
                named = false;
            }
        }
        return true;
    }

    // methods that keep the text, or most of it
    [GeneratedRegex(@"^(?:\s{0,40}\??\.(?:trim|trimStart|trimEnd|toLowerCase|toUpperCase|toString|slice|substring|substr|concat|split|join|padStart|padEnd|normalize)\([^()]{0,200}\)(?:\[\d{1,3}\])?)*", RegexOptions.CultureInvariant)]
    private static partial Regex Keeps();

    [GeneratedRegex(@"^(?:in|instanceof)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex(@"(?:^|[^\w$.])(?:String|JSON\.stringify|await|return)$", RegexOptions.CultureInvariant)]
    private static partial Regex Keeping();

    [GeneratedRegex(@"(?:=>|(?:^|[^\w$])function\b[^{}()]{0,60}\([^{}()]{0,120}\))\s{0,20}$", RegexOptions.CultureInvariant)]
    private static partial Regex Head();
}
