namespace Signalbox.Audit.GitHub;

/// <summary>What surrounds a place of a POSIX shell's script.</summary>
internal enum Quoting { Plain, Single, Double, Comment, HereDocument, LiteralHereDocument }

/// <summary>Reads a script up to a place, so that what is put there can be quoted as it must be.</summary>
internal static class ShellQuoting
{
    public static Quoting At(string script, int index)
    {
        var quoting = Quoting.Plain;
        string? end = null;
        for (var i = 0; i < script.Length; i++)
        {
            if (i >= index) return quoting;
            if (script.AsSpan(i).StartsWith("${{") && script.IndexOf("}}", i, StringComparison.Ordinal) is >= 0 and var close && close < index) { i = close + 1; continue; }
            switch (quoting)
            {
                case Quoting.Plain: quoting = Plain(script, ref i, ref end); break;
                case Quoting.Single when script[i] == '\'': quoting = Quoting.Plain; break;
                case Quoting.Double when script[i] == '\\': i++; break;
                case Quoting.Double when script[i] == '"': quoting = Quoting.Plain; break;
                case Quoting.Comment when script[i] == '\n': quoting = Quoting.Plain; break;
                case Quoting.HereDocument or Quoting.LiteralHereDocument when script[i] == '\n' && EndsHere(script, i + 1, end!): quoting = Quoting.Plain; i += end!.Length; break;
            }
        }
        return quoting;
    }

    private static Quoting Plain(string script, ref int i, ref string? end)
    {
        switch (script[i])
        {
            case '\\': i++; return Quoting.Plain;
            case '\'': return Quoting.Single;
            case '"': return Quoting.Double;
            case '#' when i == 0 || char.IsWhiteSpace(script[i - 1]): return Quoting.Comment;
            case '<' when script.AsSpan(i).StartsWith("<<") && !script.AsSpan(i).StartsWith("<<<"): return Here(script, ref i, ref end);
            default: return Quoting.Plain;
        }
    }

    // the document begins on the next line; what stands between is read as part of it, which no fix touches
    private static Quoting Here(string script, ref int i, ref string? end)
    {
        var at = i + 2;
        while (at < script.Length && script[at] is '-' or ' ') at++;
        var literal = at < script.Length && script[at] is '\'' or '"' or '\\';
        if (literal) at++;
        var from = at;
        while (at < script.Length && (char.IsAsciiLetterOrDigit(script[at]) || script[at] == '_')) at++;
        if (at == from) return Quoting.Plain;
        end = script[from..at];
        i = at;
        return literal ? Quoting.LiteralHereDocument : Quoting.HereDocument;
    }

    private static bool EndsHere(string script, int at, string end)
    {
        var line = script.AsSpan(at);
        line = line.IndexOf('\n') is >= 0 and var length ? line[..length] : line;
        return line.Trim().SequenceEqual(end);
    }
}
