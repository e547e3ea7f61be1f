namespace Signalbox.Audit;

/// <summary>What an audit found.</summary>
/// <param name="Findings">In order of file, place and rule.</param>
/// <param name="FilesRead">How many files a reader claimed and opened.</param>
internal sealed record AuditResult(IReadOnlyList<AuditFinding> Findings, int FilesRead, Repository Repository);

/// <summary>Reads a folder and lets every rule check what is there, on as many threads as there are cores.</summary>
/// <param name="policy">What holds instead of the audited project's own policy; null reads that.</param>
internal sealed class Auditor(RuleSet rules, AuditPolicy? policy = null)
{
    private readonly IReadOnlyList<Reader> _readers = ReaderTable.All;

    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <param name="changed">Files whose text stands in for what is on disk, by path.</param>
    public AuditResult Run(string root, IReadOnlyDictionary<string, SourceFile>? changed = null)
    {
        var repository = new Repository(root);
        var claimed = Claimed(repository, RepositoryWalk.Files(root, out _));
        var read = new (DocumentSink? Sink, List<AuditFinding> Findings)[claimed.Count];
        Parallel.For(0, claimed.Count, i =>
        {
            var (path, readers) = claimed[i];
            var findings = new List<AuditFinding>();
            var (file, finding) = changed?.GetValueOrDefault(path) is { } mended ? (mended, null) : FileLoader.Load(root, path);
            if (finding is not null) findings.Add(finding);
            read[i] = (file is null ? null : Read(file, readers, repository, findings), findings);
        });
        return Checked(read, repository, policy ?? PolicyReader.Read(changed?.GetValueOrDefault(PolicyReader.FileName) ?? FileLoader.Load(root, PolicyReader.FileName).File));
    }

    /// <summary>Audits files from memory.</summary>
    public AuditResult Run(IReadOnlyList<SourceFile> files)
    {
        var repository = new Repository();
        foreach (var file in files) See(repository, file.Path);
        var read = files.Select(file =>
        {
            var findings = new List<AuditFinding>();
            return ((DocumentSink?)Read(file, _readers.Where(r => r.Claims(file.Path)), repository, findings), findings);
        });
        return Checked([.. read], repository, policy ?? PolicyReader.Read(files.FirstOrDefault(f => f.Path == PolicyReader.FileName)));
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

    private static DocumentSink Read(SourceFile file, IEnumerable<Reader> readers, Repository repository, List<AuditFinding> findings)
    {
        var sink = new DocumentSink(file, repository, findings);
        foreach (var reader in readers) reader.Read(file, sink);
        return sink;
    }

    private AuditResult Checked((DocumentSink? Sink, List<AuditFinding> Findings)[] read, Repository repository, AuditPolicy policy)
    {
        Kustomize.Kustomizations.Place(repository);
        Parallel.ForEach(read, file => file.Sink?.Check(rules, policy, file.Findings));
        var across = rules.For<Repository>();
        var found = new List<AuditFinding>[across.Length];
        Parallel.For(0, across.Length, i =>
        {
            found[i] = [];
            across[i].Check.Check(repository, new(across[i].Rule, null, repository, policy, found[i]));
        });
        return new(Sorted(read.SelectMany(r => r.Findings).Concat(found.SelectMany(f => f))), read.Length, repository);
    }

    private static List<AuditFinding> Sorted(IEnumerable<AuditFinding> findings) =>
    [
        .. findings
            .OrderBy(f => f.Locations[0].Path, StringComparer.Ordinal)
            .ThenBy(f => f.Locations[0].Line)
            .ThenBy(f => f.Locations[0].Column)
            .ThenBy(f => f.Rule.Id, StringComparer.Ordinal)
            .ThenBy(f => f.Message, StringComparer.Ordinal),
    ];
}
