using Signalbox.Audit.Ignores;

namespace Signalbox.Audit;

/// <summary>One claimed file and what was found in it.</summary>
/// <param name="unread">Why the file could not be opened, or null.</param>
internal sealed class FileRead(SourceFile? file, DocumentSink? sink, AuditFinding? unread)
{
    private readonly HashSet<Reader> _readers = [];

    public SourceFile? File => file;

    public AuditFinding? Unread => unread;

    public IReadOnlyList<InlineIgnore> Ignores { get; private set; } = [];

    public List<AuditFinding> Found { get; private set; } = [];

    /// <summary>The files that this one takes in.</summary>
    public IReadOnlyCollection<TakenIn> TakesIn => sink?.TakesIn ?? [];

    public void Run(IEnumerable<Reader> readers)
    {
        if (file is null || sink is null) return;
        foreach (var reader in readers)
        {
            _readers.Add(reader);
            reader.Read(file, sink);
        }
        Ignores = InlineIgnoreReader.Read(file);
    }

    /// <summary>Has a reader read it that did not claim it, because another file takes it in.</summary>
    /// <returns>False where that reader has read it.</returns>
    public bool RunTakenIn(Reader reader)
    {
        if (file is null || sink is null || !_readers.Add(reader)) return false;
        reader.ReadTakenIn(file, sink);
        return true;
    }

    public void Check(RuleSet rules, Repository repository, AuditPolicy policy)
    {
        List<AuditFinding> found = [.. unread is null ? [] : (AuditFinding[])[unread], .. sink?.Problems ?? []];
        sink?.Check(rules, policy, found);
        Found = Decided(found, repository, policy);
    }

    /// <summary>Findings as they count where they are, and as the policy wants them.</summary>
    public static List<AuditFinding> Decided(IEnumerable<AuditFinding> found, Repository repository, AuditPolicy policy) => [.. found.Select(f => TestData.Judged(repository, f)).Select(policy.Apply).OfType<AuditFinding>()];
}
