namespace Signalbox.Evidence.Reports.Scans;

/// <summary>Gathers a scan's findings; equal texts are kept once.</summary>
internal sealed class ScanBuilder(string? tool, ReportLimits limits)
{
    private const int MaxPooled = 100_000;
    private const int MaxPooledLength = 256;
    private readonly List<ScanFinding> _findings = [];
    private readonly Dictionary<string, string[]> _pool = [];
    private readonly FindingDraft _draft = new(limits);

    public DateTimeOffset? GeneratedAt { get; set; }

    public ReportSubject? Subject { get; set; }

    public string? Incomplete { get; set; }

    public IReadOnlyList<ScanFinding> Findings => _findings;

    /// <summary>The one draft, emptied; <see cref="Add"/> makes a finding of it.</summary>
    public FindingDraft New(FindingKind kind, FindingSeverity severity)
    {
        _draft.Clear(kind, severity);
        return _draft;
    }

    public void Add(FindingDraft draft)
    {
        if (_findings.Count == limits.MaxItems) throw new ReportRefusedException($"the report has more than {limits.MaxItems} findings");
        _findings.Add(draft.Finish(Pooled));
    }

    public ScanReport Done() => new(tool, _findings) { GeneratedAt = GeneratedAt, Subject = Subject, Incomplete = Incomplete };

    private string[] Pooled(string text)
    {
        if (text.Length > MaxPooledLength) return [text];
        if (_pool.TryGetValue(text, out var pooled)) return pooled;
        pooled = [text];
        if (_pool.Count < MaxPooled) _pool.Add(text, pooled);
        return pooled;
    }
}
