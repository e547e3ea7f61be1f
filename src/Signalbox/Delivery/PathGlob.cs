using Signalbox.Delivery.Artifacts;

namespace Signalbox.Delivery;

/// <summary>
/// A pattern of files below a directory: <c>*</c> and <c>?</c> within a name, <c>**</c> for any number of directories, everything
/// else for itself. It begins at the directory: <c>*.js</c> is not <c>src/a.js</c>. What names a directory means all that is in it.
/// </summary>
public sealed class PathGlob
{
    private const int Longest = 1024;

    private readonly string[] _parts;
    private readonly string[] _below;

    private PathGlob(string text, string[] parts) => (Text, _parts, _below) = (text, parts, [.. parts, "**", "*"]);

    public string Text { get; }

    /// <summary>The directories and names before the first one with a wildcard; all of them where there is none.</summary>
    public IReadOnlyList<string> Fixed => [.. _parts.TakeWhile(part => !HasWildcard(part))];

    /// <summary>Whether it names one file or directory.</summary>
    public bool IsLiteral => !_parts.Any(HasWildcard);

    /// <returns>False for what is absolute, leads out through <c>..</c>, or is no path.</returns>
    public static bool TryParse(string text, out PathGlob glob)
    {
        glob = null!;
        if (text.Length is 0 or > Longest || text[0] == '/' || text.Contains('\\') || text.Any(char.IsControl)) return false;
        var parts = text.TrimEnd('/').Split('/').Where(part => part != ".").ToArray();
        if (parts.Any(part => part is "" or "..")) return false;
        glob = new(text, parts.Length == 0 ? ["**"] : parts);
        return true;
    }

    /// <exception cref="FormatException">It is none.</exception>
    public static PathGlob Parse(string text) => TryParse(text, out var glob) ? glob : throw new FormatException($"'{text}' is no pattern of files below a directory");

    /// <param name="path">Relative, with forward slashes.</param>
    public bool Matches(string path)
    {
        var parts = path.Split('/');
        return IgnoreRules.Matches(_parts, 0, parts, 0) || IgnoreRules.Matches(_below, 0, parts, 0);
    }

    /// <summary>Whether anything in a directory could be meant: a walk need not enter the others.</summary>
    public bool MayMatchBelow(string directory)
    {
        var parts = directory.Split('/');
        for (var i = 0; i < parts.Length && i < _parts.Length && _parts[i] != "**"; i++)
            if (!IgnoreRules.Matches([_parts[i]], 0, [parts[i]], 0)) return false;
        return true;
    }

    /// <summary>Whether both can mean one file, as far as the patterns' texts tell.</summary>
    public bool Clashes(PathGlob other)
    {
        if (Matches(other.Text.TrimEnd('/')) || other.Matches(Text.TrimEnd('/'))) return true;
        var (mine, its) = (Fixed, other.Fixed);
        var shared = Math.Min(mine.Count, its.Count);
        // where both go on with wildcards below one directory they mean the same files only if their ends can agree
        return mine.Take(shared).SequenceEqual(its.Take(shared)) && !IsLiteral && !other.IsLiteral && EndsAgree(_parts[^1], other._parts[^1]);
    }

    private static bool EndsAgree(string a, string b) => a == b || a is "*" or "**" || b is "*" or "**";

    private static bool HasWildcard(string part) => part.AsSpan().ContainsAny('*', '?');
}
