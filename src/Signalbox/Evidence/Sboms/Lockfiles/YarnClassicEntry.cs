namespace Signalbox.Evidence.Sboms.Lockfiles;

/// <summary>One entry of Yarn 1's lockfile: what asked for it (<c>name@range</c>), and what was taken.</summary>
internal sealed class YarnClassicEntry(string[] patterns)
{
    public string[] Patterns { get; } = patterns;

    public string? Version { get; private set; }

    public string? Resolved { get; private set; }

    public string? Integrity { get; private set; }

    public List<(string To, ComponentScope Scope)> Dependencies { get; } = [];

    /// <exception cref="LockRefusedException">A line has not the form that Yarn writes.</exception>
    public static List<YarnClassicEntry> Read(string text)
    {
        var entries = new List<YarnClassicEntry>();
        var section = "";
        var number = 0;
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            number++;
            var line = raw.TrimEnd().ToString();
            var content = line.TrimStart(' ');
            if (content.Length == 0 || content[0] == '#') continue;
            var indent = line.Length - content.Length;
            if (indent == 0) entries.Add(new(Header(content, number)));
            else if (entries.Count == 0) throw Bad(number);
            else if (indent == 2) section = entries[^1].Property(content, number);
            else entries[^1].Dependency(content, section, number);
        }
        foreach (var entry in entries)
            if (entry.Version is null) throw new LockRefusedException($"'{LockGraph.Shown(entry.Patterns[0])}' has no version");
        return entries;
    }

    private static string[] Header(string line, int number)
    {
        if (!line.EndsWith(':')) throw Bad(number);
        var patterns = line[..^1].Split(", ").Select(Unquoted).ToArray();
        return patterns.All(pattern => pattern.Length > 0) ? patterns : throw Bad(number);
    }

    /// <returns>The section that begins, else none.</returns>
    private string Property(string line, int number)
    {
        if (line.EndsWith(':')) return line[..^1];
        var (key, value) = Pair(line, number);
        switch (key)
        {
            case "version": Version = value; break;
            case "resolved": Resolved = value; break;
            case "integrity": Integrity = value; break;
            default: break;
        }
        return "";
    }

    private void Dependency(string line, string section, int number)
    {
        var (name, range) = Pair(line, number);
        if (section == "dependencies") Dependencies.Add(($"{name}@{range}", ComponentScope.Required));
        if (section == "optionalDependencies") Dependencies.Add(($"{name}@{range}", ComponentScope.Optional));
    }

    private static (string Key, string Value) Pair(string line, int number)
    {
        var space = line.IndexOf(' ', line[0] == '"' ? Math.Max(0, line.IndexOf('"', 1)) : 0);
        return space > 0 ? (Unquoted(line[..space]), Unquoted(line[(space + 1)..].Trim())) : throw Bad(number);
    }

    private static string Unquoted(string text) => text is ['"', .. var inner, '"'] ? inner.Replace("\\\"", "\"", StringComparison.Ordinal) : text;

    private static LockRefusedException Bad(int number) => new($"line {number} is not as Yarn writes it");
}
