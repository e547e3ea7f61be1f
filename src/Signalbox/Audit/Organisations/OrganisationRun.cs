using Signalbox.Audit.Grades;

namespace Signalbox.Audit.Organisations;

/// <summary>Audits many checkouts, as many at once as there are cores; each is reduced to its summary before the next begins.</summary>
internal static class OrganisationRun
{
    // an owner's folder and the host's above it: host/owner/name
    private const int Deepest = 3;

    public static OrganisationReport Run(IReadOnlyList<(string Name, string Root)> repositories, RuleSet rules, Func<AuditFinding, bool> shown, CancellationToken cancellation)
    {
        var summaries = new RepositorySummary[repositories.Count];
        Parallel.For(0, repositories.Count, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
            summaries[i] = Summary(repositories[i].Name, repositories[i].Root, rules, shown));
        return new(summaries);
    }

    /// <summary>The checkouts below a folder: what holds a <c>.git</c>; where nothing does, each folder in it. A checkout itself is one.</summary>
    public static IReadOnlyList<(string Name, string Root)> Find(string folder)
    {
        if (Path.Exists(Path.Combine(folder, ".git"))) return [(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), folder)];
        var found = new List<string>();
        Collect(folder, 0, found);
        if (found.Count == 0) found.AddRange(Folders(folder));
        return [.. found.Order(StringComparer.Ordinal).Select(root => (Path.GetRelativePath(folder, root), root))];
    }

    private static void Collect(string folder, int depth, List<string> found)
    {
        foreach (var child in Folders(folder))
        {
            if (Path.Exists(Path.Combine(child, ".git"))) found.Add(child);
            else if (depth + 1 < Deepest) Collect(child, depth + 1, found);
        }
    }

    private static IEnumerable<string> Folders(string folder) =>
        Directory.EnumerateDirectories(folder, "*", new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true })
            .Where(d => Path.GetFileName(d) is not (".git" or "node_modules"));

    private static RepositorySummary Summary(string name, string root, RuleSet rules, Func<AuditFinding, bool> shown)
    {
        try
        {
            // one thread for each: the repositories are what goes on at once
            var result = new Auditor(rules, threads: 1).Run(root);
            return Summary(name, result, [.. result.Findings.Where(shown)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(name, 0, 0, 0, 0, 0, 0, "?", new Dictionary<string, string>(), [], $"cannot be read: {e.Message.TrimEnd('.')}");
        }
    }

    private static RepositorySummary Summary(string name, AuditResult result, AuditFinding[] findings)
    {
        var grade = Grader.Of(result.Repository, result.Findings);
        var counts = findings.GroupBy(f => f.Rule.Id, StringComparer.Ordinal).Select(g => new RuleCount(g.Key, g.Count())).OrderByDescending(c => c.Findings).ThenBy(c => c.Rule, StringComparer.Ordinal);
        return new(name, result.FilesRead, Of(RuleSeverity.Critical), Of(RuleSeverity.High), Of(RuleSeverity.Medium), Of(RuleSeverity.Low), Of(RuleSeverity.Info),
            grade.Overall, grade.Checks.ToDictionary(c => c.Id, c => c.Letter), [.. counts], result.Incomplete ? "some files could not be read" : null);

        int Of(RuleSeverity severity) => findings.Count(f => f.Severity == severity);
    }
}
