namespace Signalbox.Audit.GitHub;

/// <summary>What surrounds a place of a POSIX shell's script.</summary>
/// <remarks><c>Nested</c> is a command or a sum within quotes or a here-document, any sum, and <c>$'…'</c>: a value is read there by other rules.</remarks>
internal enum Quoting { Plain, Single, Double, Comment, HereDocument, LiteralHereDocument, Nested }

/// <summary>Reads a script up to a place, so that what is put there can be quoted as it must be.</summary>
internal static class ShellQuoting
{
    public static Quoting At(string script, int index)
    {
        var quoting = Quoting.Plain;
        (string End, Quoting Kind)? document = null;
        for (var i = 0; i < script.Length; i++)
        {
            if (i >= index) return quoting;
            if (script.AsSpan(i).StartsWith("${{") && script.IndexOf("}}", i, StringComparison.Ordinal) is >= 0 and var close && close < index) { i = close + 1; continue; }
            if (NestedEnd(script, i, quoting) is > 0 and var end)
            {
                if (index < end) return Quoting.Nested;
                i = end - 1;
                continue;
            }
            switch (quoting)
            {
                case Quoting.Plain or Quoting.Comment when script[i] == '\n':
                    quoting = document is { } announced && !EndsHere(script, i + 1, announced.End) ? announced.Kind : Quoting.Plain;
                    if (quoting == Quoting.Plain) document = null;
                    break;
                case Quoting.Plain: quoting = Plain(script, ref i, ref document); break;
                case Quoting.Single when script[i] == '\'': quoting = Quoting.Plain; break;
                case Quoting.Double or Quoting.HereDocument when script[i] == '\\': i++; break;
                case Quoting.Double when script[i] == '"': quoting = Quoting.Plain; break;
                case Quoting.HereDocument or Quoting.LiteralHereDocument when script[i] == '\n' && EndsHere(script, i + 1, document!.Value.End):
                    quoting = Quoting.Plain;
                    i += document.Value.End.Length;
                    document = null;
                    break;
            }
        }
        return quoting;
    }

    /// <summary>The place behind the parenthesis that closes one that was opened just before a place; the script's end where there is none.</summary>
    /// <param name="escape">What takes the next character's meaning away.</param>
    public static int Closing(string script, int at, char escape)
    {
        var closes = new Stack<char>([')']);
        for (; at < script.Length; at++)
        {
            var (sign, inner) = (script[at], closes.Peek());
            if (sign == inner && closes.Pop() == ')' && closes.Count == 0) return at + 1;
            if (sign == inner || inner == '\'') continue;
            if (sign == escape) at++;
            else if (sign == '(' && (inner == ')' || script[at - 1] == '$')) closes.Push(')');
            else if (sign == '"' || (sign == '\'' && inner == ')')) closes.Push(sign);
        }
        return script.Length;
    }

    /// <summary>Where what begins at a place and is read by rules of its own ends; 0 where none begins.</summary>
    private static int NestedEnd(string script, int at, Quoting quoting)
    {
        var rest = script.AsSpan(at);
        if (quoting is Quoting.Double or Quoting.HereDocument)
            return rest.StartsWith("$(") ? Closing(script, at + 2, '\\') : rest[0] == '`' ? Escaped(script, at + 1, '`') : 0;
        if (quoting != Quoting.Plain) return 0;
        return rest.StartsWith("((") ? Closing(script, at + 1, '\\') : rest.StartsWith("$'") ? Escaped(script, at + 2, '\'') : 0;
    }

    private static int Escaped(string script, int at, char close)
    {
        for (; at < script.Length; at++)
        {
            if (script[at] == close) return at + 1;
            if (script[at] == '\\') at++;
        }
        return script.Length;
    }

    private static Quoting Plain(string script, ref int i, ref (string End, Quoting Kind)? document)
    {
        switch (script[i])
        {
            case '\\': i++; return Quoting.Plain;
            case '\'': return Quoting.Single;
            case '"': return Quoting.Double;
            case '#' when i == 0 || char.IsWhiteSpace(script[i - 1]): return Quoting.Comment;
            case '<' when script.AsSpan(i).StartsWith("<<<"): i += 2; return Quoting.Plain;
            case '<' when script.AsSpan(i).StartsWith("<<"): Announce(script, ref i, ref document); return Quoting.Plain;
            default: return Quoting.Plain;
        }
    }

    // the document begins on the next line
    private static void Announce(string script, ref int i, ref (string End, Quoting Kind)? document)
    {
        var at = i + 2;
        while (at < script.Length && script[at] is '-' or ' ') at++;
        var literal = at < script.Length && script[at] is '\'' or '"' or '\\';
        if (literal) at++;
        var from = at;
        while (at < script.Length && (char.IsAsciiLetterOrDigit(script[at]) || script[at] == '_')) at++;
        if (at == from) return;
        document = (script[from..at], literal ? Quoting.LiteralHereDocument : Quoting.HereDocument);
        i = literal && at < script.Length && script[at] is '\'' or '"' ? at : at - 1;
    }

    private static bool EndsHere(string script, int at, string end)
    {
        var line = script.AsSpan(at);
        line = line.IndexOf('\n') is >= 0 and var length ? line[..length] : line;
        return line.Trim().SequenceEqual(end);
    }
}
