using System.Text;

namespace Signalbox.Audit.Readers;

/// <summary>What is known of one action's repository.</summary>
/// <param name="Repository">Owner and name.</param>
/// <param name="Refs">Full names of branches and tags with the commits they name.</param>
/// <param name="Commits">Commits in use: whether a branch or tag of the repository reaches them. One that none reaches is a fork's, fetched by its parent's name.</param>
internal sealed record ActionLock(string Repository, IReadOnlyDictionary<string, string> Refs, IReadOnlyDictionary<string, bool> Commits)
{
    private const string Tags = "refs/tags/";

    public bool HasTag(string name) => Refs.ContainsKey(Tags + name);

    public bool HasBranch(string name) => Refs.ContainsKey("refs/heads/" + name);

    /// <summary>The longest tag that names a commit (<c>v1.2.3</c> before <c>v1</c>), or null.</summary>
    public string? TagOf(string commit) => TagsOf().Where(t => t.Commit.Equals(commit, StringComparison.OrdinalIgnoreCase)).Select(t => t.Tag).MaxBy(t => t.Length);

    public IEnumerable<(string Tag, string Commit)> TagsOf() =>
        Refs.Where(r => r.Key.StartsWith(Tags, StringComparison.Ordinal)).Select(r => (r.Key[Tags.Length..], r.Value));

    /// <summary>Whether the repository reaches a commit; null where that was not looked at.</summary>
    public bool? Reaches(string commit) =>
        Refs.Values.Contains(commit, StringComparer.OrdinalIgnoreCase) ? true : Commits.TryGetValue(commit.ToLowerInvariant(), out var reached) ? reached : null;
}

/// <summary>
/// <c>.github/actions.lock</c>: a line with owner and name for each repository, under it indented lines: <c>REF COMMIT</c> as
/// <c>git ls-remote</c> gives them, and <c>reachable COMMIT</c> or <c>unreachable COMMIT</c> for commits in use.
/// <c>signalbox audit --online --write-lock</c> writes it.
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
        (string Name, Dictionary<string, string> Refs, Dictionary<string, bool> Commits)? open = null;
        foreach (var line in text.Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0 && l[0] != '#'))
        {
            if (!char.IsWhiteSpace(line[0]))
            {
                if (open is { } done) yield return new(done.Name, done.Refs, done.Commits);
                open = (line, new(StringComparer.Ordinal), new(StringComparer.Ordinal));
            }
            else if (open is { } entry && line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var word, var commit])
            {
                if (word is "reachable" or "unreachable") entry.Commits[commit.ToLowerInvariant()] = word == "reachable";
                else entry.Refs[word] = commit.ToLowerInvariant();
            }
        }
        if (open is { } last) yield return new(last.Name, last.Refs, last.Commits);
    }

    internal static string Write(IEnumerable<ActionLock> entries)
    {
        var text = new StringBuilder("# refs of the actions in use, as their repositories had them; written by: signalbox audit --online --write-lock\n");
        foreach (var entry in entries.OrderBy(e => e.Repository, StringComparer.OrdinalIgnoreCase))
        {
            text.Append(entry.Repository).Append('\n');
            foreach (var (name, commit) in entry.Refs.OrderBy(r => r.Key, StringComparer.Ordinal)) text.Append("  ").Append(name).Append(' ').Append(commit).Append('\n');
            foreach (var (commit, reached) in entry.Commits.OrderBy(c => c.Key, StringComparer.Ordinal)) text.Append(reached ? "  reachable " : "  unreachable ").Append(commit).Append('\n');
        }
        return text.ToString();
    }
}
