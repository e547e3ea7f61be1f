using System.Diagnostics.CodeAnalysis;

namespace Signalbox.Evidence.Reports.Scans;

/// <summary>A finding while it is read: what the report does not say is passed as null and left out.</summary>
internal sealed class FindingDraft(ReportLimits limits)
{
    /// <summary>Of one list of a finding; more are left out.</summary>
    internal const int MaxValues = 200;


    private readonly List<string> _ids = [];
    private readonly List<string> _packages = [];
    private readonly List<string> _versions = [];
    private readonly List<string> _paths = [];
    private readonly List<string> _titles = [];
    private readonly List<string> _fixed = [];
    private readonly List<int> _lines = [];
    private FindingKind _kind;
    private FindingSeverity _severity;
    private FixState _fix;
    private string? _purl;
    private string? _setAside;
    private string? _part;

    private long _listed;

    /// <summary>UTF-16 units of all that is kept so far.</summary>
    public long TextLength => _listed + (_purl?.Length ?? 0) + (_setAside?.Length ?? 0) + (_part?.Length ?? 0);

    public FindingDraft Id(string? id) => Keep(_ids, id);

    public FindingDraft Ids(IEnumerable<string?> ids) => KeepAll(_ids, ids);

    public FindingDraft Package(string? name) => Keep(_packages, name);

    public FindingDraft Version(string? version) => Keep(_versions, version);

    public FindingDraft Versions(IEnumerable<string?> versions) => KeepAll(_versions, versions);

    public FindingDraft Path(string? path) => Keep(_paths, path);

    public FindingDraft Paths(IEnumerable<string?> paths) => KeepAll(_paths, paths);

    public FindingDraft Title(string? title) => Keep(_titles, title);

    public FindingDraft Line(int? line)
    {
        if (line is { } number && _lines.Count < MaxValues && !_lines.Contains(number)) _lines.Add(number);
        return this;
    }

    public FindingDraft Purl(string? purl)
    {
        _purl = Cut(purl);
        return this;
    }

    /// <param name="part">The report within the report; null for the report itself.</param>
    public FindingDraft Part(string? part)
    {
        _part = Cut(part);
        return this;
    }

    public FindingDraft SetAside(string? why)
    {
        _setAside = Cut(why);
        return this;
    }

    /// <summary>The versions that mend it; a fix is there once one is known.</summary>
    public FindingDraft FixedIn(IEnumerable<string?> versions)
    {
        KeepAll(_fixed, versions);
        if (_fixed.Count > 0) _fix = FixState.Available;
        return this;
    }

    public FindingDraft Fix(FixState state)
    {
        if (_fix == FixState.Unknown) _fix = state;
        return this;
    }

    public void Clear(FindingKind kind, FindingSeverity severity)
    {
        (_kind, _severity, _fix, _purl, _setAside, _part) = (kind, severity, FixState.Unknown, null, null, null);
        foreach (var list in (ReadOnlySpan<List<string>>)[_ids, _packages, _versions, _paths, _titles, _fixed]) list.Clear();
        _lines.Clear();
        _listed = 0;
    }

    /// <param name="pooled">Gives the one copy of a text, in an array of its own.</param>
    public ScanFinding Finish(Func<string, string[]> pooled) => new()
    {
        Kind = _kind,
        Severity = _severity,
        Fix = _fix,
        Purl = _purl,
        SetAside = _setAside,
        Part = _part,
        Ids = Array(_ids, pooled),
        Packages = Array(_packages, pooled),
        Versions = Array(_versions, pooled),
        Paths = Array(_paths, pooled),
        Titles = Array(_titles, pooled),
        FixedVersions = Array(_fixed, pooled),
        Lines = [.. _lines],
    };

    private static string[] Array(List<string> texts, Func<string, string[]> pooled) => texts.Count switch
    {
        0 => [],
        1 => pooled(texts[0]),
        _ => [.. texts.Select(text => pooled(text)[0])],
    };

    private FindingDraft Keep(List<string> to, string? text)
    {
        if (string.IsNullOrEmpty(text) || to.Count >= MaxValues) return this;
        text = Cut(text);
        if (to.Contains(text)) return this;
        to.Add(text);
        _listed += text.Length;
        return this;
    }

    [return: NotNullIfNotNull(nameof(text))]
    private string? Cut(string? text) => text is null || text.Length <= limits.MaxTextLength ? text : text[..limits.MaxTextLength];

    private FindingDraft KeepAll(List<string> to, IEnumerable<string?> texts)
    {
        foreach (var text in texts) Keep(to, text);
        return this;
    }
}
