namespace Signalbox.Audit;

/// <summary>Turns files into documents. One reader for one kind of file; a file may be claimed by several.</summary>
internal abstract class Reader
{
    /// <summary>Whether the path alone lets the file be of this kind; only claimed files are opened.</summary>
    public abstract bool Claims(string path);

    /// <summary>Gives every document found to the sink; a file that turns out to be something else gives none. Never throws on what a file says.</summary>
    public abstract void Read(SourceFile file, DocumentSink documents);

    /// <summary>The same for a file that one of this kind takes in: its path need not let it be of this kind.</summary>
    public virtual void ReadTakenIn(SourceFile file, DocumentSink documents) => Read(file, documents);
}

/// <summary>A file that another one takes in.</summary>
/// <param name="Reader">Who reads it.</param>
/// <param name="At">Where the other file says so: what is taken in stands there.</param>
internal readonly record struct TakenIn(Reader Reader, string Path, Yaml.TextRange At);

/// <summary>Takes documents as they are read. Rules check them once every file has been read, so that they may ask for any other.</summary>
internal sealed class DocumentSink(SourceFile file, Repository repository)
{
    private readonly List<Pending> _pending = [];
    private readonly List<AuditFinding> _problems = [];
    private readonly HashSet<TakenIn> _takesIn = [];

    /// <summary>What keeps the file from being read as what it claims to be: at most one finding.</summary>
    public IReadOnlyList<AuditFinding> Problems => _problems;

    public void Add<T>(T document) where T : class
    {
        repository.Add(file, document, _pending.Count);
        _pending.Add(new Pending<T>(document));
    }

    /// <summary>What else there is; readers may ask it for files, not for documents.</summary>
    public Repository Repository => repository;

    /// <summary>Another file of the repository by its path from the root, or null.</summary>
    public SourceFile? Open(string path) => repository.Open(path);

    /// <summary>The files of the repository that a path from the root names; <c>*</c> and <c>**</c> stand for any.</summary>
    public IEnumerable<SourceFile> Named(string pattern) => repository.Named(pattern);

    /// <summary>The files that this one takes in.</summary>
    public IReadOnlyCollection<TakenIn> TakesIn => _takesIn;

    /// <summary>Says that the file takes another one in, which then is read, too, if it is there.</summary>
    /// <param name="path">From the root, without a leading slash.</param>
    /// <param name="at">Where this file says so.</param>
    public void TakeIn(Reader reader, string path, Yaml.TextRange at) => _takesIn.Add(new(reader, path, at));

    /// <summary>Says that the file cannot be read as what it claims to be: one finding, for the first problem.</summary>
    public void Unreadable(Yaml.YamlProblem problem)
    {
        if (_problems.Count == 0) _problems.Add(BrokenFile.Of(file, problem));
    }

    /// <summary>Has every rule check what was read.</summary>
    public void Check(RuleSet rules, AuditPolicy policy, List<AuditFinding> found)
    {
        if (rules.Rules.Count == 0) return;
        var report = new Report(file, repository, policy, found) { Rule = rules.Rules[0] };
        foreach (var pending in _pending) pending.Check(rules, report);
    }

    private abstract class Pending
    {
        public abstract void Check(RuleSet rules, Report report);
    }

    private sealed class Pending<T>(T document) : Pending where T : class
    {
        public override void Check(RuleSet rules, Report report)
        {
            foreach (var (rule, check) in rules.For<T>())
            {
                report.Rule = rule;
                check.Check(document, report);
            }
        }
    }
}
