namespace Signalbox.Evidence.Reports.Scans;

/// <summary>Gathers a scan's findings; equal texts are kept once.</summary>
/// <param name="covers">What every report of the tool is the result of looking for, also where nothing was found.</param>
internal sealed class ScanBuilder(string? tool, ReportLimits limits, params IReadOnlyList<FindingKind> covers)
{
    private const int MaxPooled = 100_000, MaxDrivers = 20;
    private const int MaxPooledLength = 256;
    private readonly List<ScanFinding> _findings = [];
    private readonly Dictionary<string, string[]> _pool = [];
    private readonly FindingDraft _draft = new(limits);
    private readonly SortedSet<FindingKind> _covers = [.. covers];
    private readonly List<string> _drivers = [];
    private DateTimeOffset? _madeAt;
    private ReportSubject? _subject;
    private bool _severalSubjects;
    private long _text;

    public string? Incomplete { get; set; }

    /// <summary>Whether findings of a kind mean that this kind was looked for; not so where the format has one kind for all.</summary>
    public bool FindingsSayWhat { get; set; } = true;

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
        if ((_text += draft.TextLength) > limits.MaxText) throw new ReportRefusedException($"its findings have more than {limits.MaxText} characters together, most of them said again and again");
        _findings.Add(draft.Finish(Pooled));
        if (FindingsSayWhat) _covers.Add(_findings[^1].Kind);
    }

    /// <summary>The report says that this was looked for, whatever was found.</summary>
    public void Looked(FindingKind kind) => _covers.Add(kind);

    /// <summary>The program that wrote a report of a shared format.</summary>
    public void Driver(string name)
    {
        if (_drivers.Count < MaxDrivers && !_drivers.Contains(name)) _drivers.Add(name.Length <= MaxPooledLength ? name : name[..MaxPooledLength]);
    }

    /// <summary>Several reports in one file are as old as the oldest of them.</summary>
    public void MadeAt(DateTimeOffset? time)
    {
        if (time is not null && !(_madeAt <= time)) _madeAt = time;
    }

    /// <summary>Reports on several subjects in one file are on none of them alone.</summary>
    public void About(ReportSubject? subject)
    {
        if (subject is null) return;
        _severalSubjects |= _subject is not null && (_subject.Name != subject.Name || !_subject.Digests.SequenceEqual(subject.Digests));
        _subject = subject;
    }

    public ScanReport Done() => new(tool, _findings) { Covers = [.. _covers], Drivers = _drivers, GeneratedAt = _madeAt, Subject = _severalSubjects ? null : _subject, Incomplete = Incomplete };

    private string[] Pooled(string text)
    {
        if (text.Length > MaxPooledLength) return [text];
        if (_pool.TryGetValue(text, out var pooled)) return pooled;
        pooled = [text];
        if (_pool.Count < MaxPooled) _pool.Add(text, pooled);
        return pooled;
    }
}
