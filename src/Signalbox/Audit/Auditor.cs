using Signalbox.Audit.GitHub;
using Signalbox.Audit.Ignores;
using Signalbox.Audit.Images;

namespace Signalbox.Audit;

/// <summary>What an audit found.</summary>
/// <param name="Findings">In order of file, place and rule; what the policy or an ignore sets aside is not among them.</param>
/// <param name="FilesRead">How many files a reader claimed and opened.</param>
internal sealed record AuditResult(IReadOnlyList<AuditFinding> Findings, int FilesRead, Repository Repository)
{
    /// <summary>The files that a reader claimed and opened, from the root.</summary>
    public IReadOnlyList<string> Read { get; init; } = [];

    /// <summary>What comments set aside, with their reasons.</summary>
    public IReadOnlyList<IgnoredFinding> Ignored { get; init; } = [];

    /// <summary>Whether a file could not be opened or is no text, a folder could not be gone through, or there were more files than are read: nothing can be said of those.</summary>
    public bool Incomplete { get; init; }
}

/// <summary>Reads a folder and lets every rule check what is there, on as many threads as there are cores.</summary>
/// <param name="policy">What holds instead of the audited project's own policy; null reads that.</param>
/// <param name="remote">Whom to ask for the refs of actions; null asks nobody.</param>
/// <param name="threads">How many threads at most; -1 for all cores.</param>
/// <param name="programs">What renders charts and kustomizations; null runs no program.</param>
internal sealed class Auditor(RuleSet rules, AuditPolicy? policy = null, IActionRemote? remote = null, int threads = -1, Programs.IRenderPrograms? programs = null)
{
    private readonly IReadOnlyList<Reader> _readers = ReaderTable.All;
    private readonly ParallelOptions _parallel = new() { MaxDegreeOfParallelism = threads };

    /// <summary>Told how many files a folder has, before the first of them is read.</summary>
    public Action<int>? Found { get; init; }

    /// <summary>Whom to ask for the digests of images; null asks nobody.</summary>
    public IImageRemote? Images { get; init; }

    /// <summary>Ends the asking, and the run with it.</summary>
    public CancellationToken Cancel { get; init; }

    /// <param name="changed">Files whose text stands in for what is on disk, by path.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="OperationCanceledException"></exception>
    public AuditResult Run(string root, IReadOnlyDictionary<string, SourceFile>? changed = null)
    {
        // where it is a link it is not the repository's word, and its lines are nobody's to show
        var own = Policy(changed?.GetValueOrDefault(PolicyReader.FileName) ?? (new FileInfo(Path.Combine(root, PolicyReader.FileName)).LinkTarget is null ? FileLoader.Load(root, PolicyReader.FileName).File : null));
        var repository = new Repository(root, path => changed?.GetValueOrDefault(path) ?? FileLoader.Load(root, path).File) { Programs = programs };
        var walk = RepositoryWalk.Of(root);
        var paths = walk.Files;
        Found?.Invoke(paths.Count);
        foreach (var path in paths) See(repository, path);
        var all = new FileRead?[paths.Count];
        Parallel.For(0, paths.Count, _parallel, i =>
        {
            if (!Vendored.Holds(repository, paths[i])) Read(i);
        });
        Vendored.EachNamed(repository, paths, Read);
        var read = all.OfType<FileRead>().ToArray();
        var unread = walk.Unread.Where(u => !own.Policy.Excludes(u.Folder + "/")).Select(u => new FileRead(null, null, BrokenFile.Finding($"the folder cannot be read: {u.Why}", new(u.Folder)))).ToArray();
        return Checked([.. read, .. unread], repository, own) with { FilesRead = read.Length, Read = [.. read.Select(r => r.File?.Path).OfType<string>()], Incomplete = walk.Truncated || unread.Length > 0 || read.Any(r => r.Unread is not null) };

        void Read(int i)
        {
            if (Claiming(paths[i], own.Policy) is not { } readers) return;
            var (file, finding) = changed?.GetValueOrDefault(paths[i]) is { } mended ? (mended, null) : FileLoader.Load(root, paths[i]);
            all[i] = new(file, file is null ? null : new DocumentSink(file, repository), finding);
            all[i]!.Run(readers);
        }
    }

    /// <summary>Audits files from memory.</summary>
    public AuditResult Run(IReadOnlyList<SourceFile> files)
    {
        var own = Policy(files.FirstOrDefault(f => f.Path == PolicyReader.FileName));
        var repository = new Repository(open: path => files.FirstOrDefault(f => f.Path == path));
        foreach (var file in files) See(repository, file.Path);
        var read = new List<FileRead>();
        for (var i = 0; i < files.Count; i++)
            if (!Vendored.Holds(repository, files[i].Path)) Read(i);
        Vendored.EachNamed(repository, [.. files.Select(f => f.Path)], Read);
        return Checked([.. read], repository, own);

        void Read(int i)
        {
            if (Claiming(files[i].Path, own.Policy) is not { } readers) return;
            read.Add(new(files[i], new(files[i], repository), null));
            read[^1].Run(readers);
        }
    }

    private ReadPolicy Policy(SourceFile? file) => policy is null ? PolicyReader.Read(file) : new(policy, []);

    /// <summary>Who reads a file; null where nobody does, or the policy leaves it out.</summary>
    private List<Reader>? Claiming(string path, AuditPolicy own)
    {
        List<Reader>? readers = null;
        foreach (var reader in _readers)
            if (reader.Claims(path)) (readers ??= []).Add(reader);
        return readers is null || own.Excludes(path) ? null : readers;
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

    private AuditResult Checked(FileRead[] read, Repository repository, ReadPolicy own)
    {
        TakenInFiles.Read(read, repository);
        Kustomize.Kustomizations.Place(repository);
        LocalActions.Bring(repository);
        if (remote is not null) ActionLookup.Ask(repository, remote, Cancel);
        if (Images is not null && rules.Rules.Any(r => r is IPinsImages)) ImageLookup.Ask(repository, Images, Cancel);
        Parallel.ForEach(read, _parallel, file => file.Check(rules, repository, own.Policy));
        var across = rules.For<Repository>();
        var found = new List<AuditFinding>[across.Length];
        Parallel.For(0, across.Length, _parallel, i =>
        {
            var said = new List<AuditFinding>();
            across[i].Check.Check(repository, new(null, repository, own.Policy, said) { Rule = across[i].Rule });
            found[i] = FileRead.Decided(said, repository, own.Policy);
        });
        // what two jobs take in from one file is said once
        var decided = TakenInFiles.SaidOnce([.. read.Select(r => r.Found).Concat(found).SelectMany(f => f).Distinct(new SameWords())], read);
        var (kept, ignored) = IgnoreRun.Apply(decided, [.. read.SelectMany(r => r.Ignores)], rules);
        kept.AddRange(repository.All<Helm.UnfollowedTemplate>().DistinctBy(t => (object?)t.Document.Whole ?? t.Document).Select(t => Notices.Of(Notices.UnfollowedTemplate, $"this template is not followed: {t.Document.Reason}", t.File.At(t.Document.Range))));
        kept.AddRange(own.Problems.Select(p => Notices.Of(Notices.InvalidPolicy, p.Message, p.Locations[0], p.Help)));
        return new(Sorted(kept), read.Length, repository) { Ignored = ignored };
    }

    private static List<AuditFinding> Sorted(IEnumerable<AuditFinding> findings) => [.. findings.Order(Comparer<AuditFinding>.Create(Compare))];

    private static int Compare(AuditFinding one, AuditFinding other)
    {
        var (here, there) = (one.Locations[0], other.Locations[0]);
        var order = string.CompareOrdinal(here.Path, there.Path);
        if (order == 0) order = here.Line.CompareTo(there.Line);
        if (order == 0) order = here.Column.CompareTo(there.Column);
        if (order == 0) order = string.CompareOrdinal(one.Rule.Id, other.Rule.Id);
        return order == 0 ? string.CompareOrdinal(one.Message, other.Message) : order;
    }

    /// <summary>Whether two findings say the same of the same place.</summary>
    private sealed class SameWords : IEqualityComparer<AuditFinding>
    {
        public bool Equals(AuditFinding? one, AuditFinding? other) =>
            ReferenceEquals(one, other) || (one is not null && other is not null && one.Rule.Id == other.Rule.Id && one.Message == other.Message && one.Locations[0] == other.Locations[0]);

        // lines of source and messages are long, and say nothing more
        public int GetHashCode(AuditFinding finding) => HashCode.Combine(finding.Rule.Id, finding.Locations[0].Path, finding.Locations[0].Line, finding.Locations[0].Column);
    }
}
