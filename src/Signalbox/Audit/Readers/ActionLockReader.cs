namespace Signalbox.Audit.Readers;

/// <summary>What the refs of one action's repository were when the lock file was written.</summary>
/// <param name="Repository">Owner and name.</param>
/// <param name="Refs">Full ref names with the commits they name.</param>
/// <param name="Unreachable">Commits in use that no branch or tag of the repository reaches: a fork's, reached through its parent's name.</param>
internal sealed record ActionLock(string Repository, IReadOnlyDictionary<string, string> Refs, IReadOnlySet<string> Unreachable)
{
    public string? Tag(string name) => Refs.GetValueOrDefault("refs/tags/" + name);

    public string? Branch(string name) => Refs.GetValueOrDefault("refs/heads/" + name);

    /// <summary>The longest tag that names a commit, or null.</summary>
    public string? TagOf(string commit) => Refs.Where(r => r.Value.Equals(commit, StringComparison.OrdinalIgnoreCase) && r.Key.StartsWith("refs/tags/", StringComparison.Ordinal))
        .Select(r => r.Key["refs/tags/".Length..]).MaxBy(t => t.Length);
}

/// <summary>
/// <c>.github/actions.lock</c>: a line with owner and name for each repository, under it indented lines <c>REF COMMIT</c> as
/// <c>git ls-remote</c> gives them, or <c>unreachable COMMIT</c>. <c>signalbox audit --online --write-lock</c> writes it.
/// </summary>
internal sealed class ActionLockReader : Reader
{
    public const string Path = ".github/actions.lock";

    public override bool Claims(string path) => path == Path || path.EndsWith("/" + Path, StringComparison.Ordinal);

    public override void Read(SourceFile file, DocumentSink documents)
    {
        foreach (var entry in Parse(file.Text.Content)) documents.Add(entry);
    }

    internal static IEnumerable<ActionLock> Parse(string text)
    {
        string? repository = null;
        Dictionary<string, string> refs = new(StringComparer.Ordinal);
        HashSet<string> unreachable = new(StringComparer.OrdinalIgnoreCase);
        foreach (var line in text.Split('\n'))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            if (!char.IsWhiteSpace(line[0]))
            {
                if (repository is not null) yield return new(repository, refs, unreachable);
                (repository, refs, unreachable) = (line.Trim(), new(StringComparer.Ordinal), new(StringComparer.OrdinalIgnoreCase));
            }
            else if (line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var name, var commit])
            {
                if (name == "unreachable") unreachable.Add(commit);
                else refs[name] = commit;
            }
        }
        if (repository is not null) yield return new(repository, refs, unreachable);
    }

    internal static string Write(IEnumerable<ActionLock> entries)
    {
        var text = new System.Text.StringBuilder("# refs of the actions in use, as their repositories had them; written by: signalbox audit --online --write-lock\n");
        foreach (var entry in entries.OrderBy(e => e.Repository, StringComparer.OrdinalIgnoreCase))
        {
            text.Append(entry.Repository).Append('\n');
            foreach (var (name, commit) in entry.Refs.OrderBy(r => r.Key, StringComparer.Ordinal)) text.Append("  ").Append(name).Append(' ').Append(commit).Append('\n');
            foreach (var commit in entry.Unreachable.Order(StringComparer.Ordinal)) text.Append("  unreachable ").Append(commit).Append('\n');
        }
        return text.ToString();
    }
}
