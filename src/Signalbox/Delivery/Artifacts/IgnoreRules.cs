namespace Signalbox.Delivery.Artifacts;

/// <summary>
/// What is left out of an artifact: <c>.git</c>, <c>.signalbox</c> and files of secrets (<c>.env</c>), and what <c>.signalboxignore</c> names in the words of
/// <c>.gitignore</c>: <c>*</c>, <c>?</c>, <c>**</c>, a leading slash, a trailing slash for directories, and <c>!</c> to take back.
/// </summary>
internal sealed class IgnoreRules
{
    public const string FileName = ".signalboxignore";

    /// <summary>A release is kept, and others may read it: what holds secrets beside the source goes out only where the file takes it back.</summary>
    private static readonly string[] s_secrets = [".env", ".env.*", "!.env.dist", "!.env.example", "!.env.sample", "!.env.template"];

    /// <summary>Nothing is left out.</summary>
    public static IgnoreRules None { get; } = new([]);

    private readonly List<Rule> _rules = [];

    private IgnoreRules(IEnumerable<string> lines)
    {
        foreach (var line in lines) Add(line.TrimEnd());
    }

    public static IgnoreRules Of(string directory)
    {
        var file = Path.Combine(directory, FileName);
        return OfArtifact(File.Exists(file) ? File.ReadLines(file).Take(10_000) : []);
    }

    /// <param name="lines">Of its <c>.signalboxignore</c>.</param>
    public static IgnoreRules OfArtifact(IEnumerable<string> lines) => Parse([.. s_secrets, .. lines]);

    public static IgnoreRules Parse(IEnumerable<string> lines) => new([".git", ".signalbox", .. lines]);

    /// <summary>The last rule that matches decides.</summary>
    public bool Ignores(string path, bool directory)
    {
        var parts = path.Split('/');
        for (var i = _rules.Count - 1; i >= 0; i--)
            if ((directory || !_rules[i].DirectoryOnly) && Matches(_rules[i].Parts, 0, parts, 0)) return !_rules[i].TakenBack;
        return false;
    }

    private void Add(string line)
    {
        if (line.Length is 0 or > 4096 || line[0] == '#') return;
        var takenBack = line[0] == '!';
        var pattern = takenBack ? line[1..] : line;
        var directoryOnly = pattern.EndsWith('/');
        pattern = pattern.TrimEnd('/');
        if (pattern.Length == 0) return;
        // a pattern without a slash in it names something at any depth
        var parts = pattern.Contains('/') ? pattern.TrimStart('/').Split('/') : ["**", pattern];
        _rules.Add(new(parts, directoryOnly, takenBack));
    }

    internal static bool Matches(string[] pattern, int p, string[] path, int at)
    {
        // as in Wildcard below, only the last ** need ever be taken again
        var (star, resume) = (-1, 0);
        while (at < path.Length)
        {
            if (p < pattern.Length && pattern[p] == "**") (star, resume) = (p++, at);
            else if (p < pattern.Length && Wildcard(pattern[p], path[at])) (p, at) = (p + 1, at + 1);
            else if (star >= 0) (p, at) = (star + 1, ++resume);
            else return false;
        }
        return p == pattern.Length;
    }

    private static bool Wildcard(string pattern, string text)
    {
        var (p, t, star, resume) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*') (star, resume) = (p++, t);
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == text[t])) (p, t) = (p + 1, t + 1);
            else if (star >= 0) (p, t) = (star + 1, ++resume);
            else return false;
        }
        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    private sealed record Rule(string[] Parts, bool DirectoryOnly, bool TakenBack);
}
