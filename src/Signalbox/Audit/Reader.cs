namespace Signalbox.Audit;

/// <summary>Turns files into documents. One reader for one kind of file; a file may be claimed by several.</summary>
internal abstract class Reader
{
    /// <summary>Whether the path alone lets the file be of this kind; only claimed files are opened.</summary>
    public abstract bool Claims(string path);

    /// <summary>Gives every document found to the sink; a file that turns out to be something else gives none. Never throws on what a file says.</summary>
    public abstract void Read(SourceFile file, DocumentSink documents);
}

/// <summary>Takes documents as they are read, and has every rule that checks their type check them.</summary>
internal sealed class DocumentSink(SourceFile file, Repository repository, RuleSet rules, AuditPolicy policy, List<AuditFinding> findings)
{
    private int _order;
    private bool _broken;

    public void Add<T>(T document) where T : class
    {
        repository.Add(file, document, _order++);
        foreach (var (rule, check) in rules.For<T>())
            check.Check(document, new(rule, file, repository, policy, findings));
    }

    /// <summary>Says that the file cannot be read as what it claims to be: one finding, for the first problem.</summary>
    public void Unreadable(Yaml.YamlProblem problem)
    {
        if (_broken) return;
        _broken = true;
        findings.Add(BrokenFile.Of(file, problem));
    }
}
