namespace Signalbox.Audit;

/// <summary>What an audit found.</summary>
/// <param name="Findings">In order of file, place and rule.</param>
/// <param name="FilesRead">How many files a reader claimed and opened.</param>
internal sealed record AuditResult(IReadOnlyList<AuditFinding> Findings, int FilesRead, Repository Repository);

/// <summary>Reads a folder and lets every rule check what is there, on as many threads as there are cores.</summary>
internal sealed class Auditor(RuleSet rules, AuditPolicy policy)
{
    private readonly IReadOnlyList<Reader> _readers = ReaderTable.All;

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <param name="changed">Files whose text stands in for what is on disk, by path.</param>
    public AuditResult Run(string root, IReadOnlyDictionary<string, SourceFile>? changed = null)
    {
        var repository = new Repository(root);
        var claimed = Claimed(repository, RepositoryWalk.Files(root, out _));
        var findings = new List<AuditFinding>();
        Parallel.ForEach(claimed, () => new List<AuditFinding>(), (item, _, found) =>
        {
            var (file, finding) = changed?.GetValueOrDefault(item.Path) is { } mended ? (mended, null) : FileLoader.Load(root, item.Path);
            if (finding is not null) found.Add(finding);
            if (file is not null) Check(file, item.Readers, repository, found);
            return found;
        }, found => { lock (findings) findings.AddRange(found); });
        CheckRepository(repository, findings);
        return new(Sorted(findings), claimed.Count, repository);
    }

    /// <summary>Audits files from memory.</summary>
    public AuditResult Run(IReadOnlyList<SourceFile> files)
    {
        var repository = new Repository();
        var findings = new List<AuditFinding>();
        foreach (var file in files) See(repository, file.Path);
        foreach (var file in files) Check(file, _readers.Where(r => r.Claims(file.Path)), repository, findings);
        CheckRepository(repository, findings);
        return new(Sorted(findings), files.Count, repository);
    }

    private List<(string Path, List<Reader> Readers)> Claimed(Repository repository, IReadOnlyList<string> paths)
    {
        var claimed = new List<(string, List<Reader>)>();
        foreach (var path in paths)
        {
            See(repository, path);
            List<Reader>? readers = null;
            foreach (var reader in _readers)
                if (reader.Claims(path)) (readers ??= []).Add(reader);
            if (readers is not null) claimed.Add((path, readers));
        }
        return claimed;
    }

    private static void See(Repository repository, string path)
    {
        repository.Seen(path);
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
        {
            if (repository.Has(path[..slash])) return;
            repository.Seen(path[..slash]);
        }
    }

    private void Check(SourceFile file, IEnumerable<Reader> readers, Repository repository, List<AuditFinding> findings)
    {
        var sink = new DocumentSink(file, repository, rules, policy, findings);
        foreach (var reader in readers) reader.Read(file, sink);
    }

    private void CheckRepository(Repository repository, List<AuditFinding> findings)
    {
        foreach (var (rule, check) in rules.For<Repository>())
            check.Check(repository, new(rule, null, repository, policy, findings));
    }

    private static List<AuditFinding> Sorted(List<AuditFinding> findings) =>
    [
        .. findings
            .OrderBy(f => f.Locations[0].Path, StringComparer.Ordinal)
            .ThenBy(f => f.Locations[0].Line)
            .ThenBy(f => f.Locations[0].Column)
            .ThenBy(f => f.Rule.Id, StringComparer.Ordinal)
            .ThenBy(f => f.Message, StringComparer.Ordinal),
    ];
}
