using Signalbox.Evidence.Reports.Schemas;

namespace Signalbox.Evidence.Reports.Sbom;

/// <summary>Gathers what an SBOM says while it is read.</summary>
internal sealed class SbomBuilder(string format, ReportLimits limits)
{
    private readonly List<SbomComponent> _components = [];
    private readonly Dictionary<string, string> _pool = [];
    private string? _partial;
    private bool _saysWhole;

    public ProblemList Problems { get; } = new();

    public string SpecVersion { get; set; } = "";

    public DateTimeOffset? GeneratedAt { get; set; }

    public SbomComponent? Root { get; set; }

    public List<string> Authors { get; } = [];

    public bool HasDependencies { get; set; }

    public string? Schema { get; set; }

    /// <summary>What a composition says of itself: <c>complete</c>, or <c>incomplete</c> with or without of what; anything else says nothing.</summary>
    public void Aggregate(string? aggregate)
    {
        if (aggregate == "complete") _saysWhole = true;
        else if (aggregate?.StartsWith("incomplete", StringComparison.Ordinal) is true) _partial ??= $"it calls itself {Kept(aggregate)}";
    }

    public IReadOnlyList<SbomComponent> Components => _components;

    public void Add(SbomComponent component)
    {
        if (_components.Count == limits.MaxItems) throw new ReportRefusedException($"the document has more than {limits.MaxItems} components");
        _components.Add(component);
    }

    /// <summary>Keeps an author once, and not without end.</summary>
    public void Author(string? name)
    {
        if (Kept(name) is { } author && Authors.Count < 100 && !Authors.Contains(author)) Authors.Add(author);
    }

    /// <summary>The one copy of a text, cut where it is longer than is kept.</summary>
    public string? Kept(string? text)
    {
        if (text is null) return null;
        if (text.Length > limits.MaxTextLength) text = text[..limits.MaxTextLength];
        if (text.Length > 200 || _pool.Count > 200_000) return text;
        if (!_pool.TryGetValue(text, out var kept)) _pool.Add(text, kept = text);
        return kept;
    }

    public string[] Kept(IEnumerable<string?> texts) => [.. texts.OfType<string>().Take(100).Select(text => Kept(text)!)];

    /// <param name="digest">Of what the document describes; null where it does not say.</param>
    public SbomReport Done(string? digest = null) => new(format, SpecVersion, Problems.Problems, _components)
    {
        GeneratedAt = GeneratedAt,
        Subject = ReportSubject.From(Root?.Name, digest, PurlDigest(Root?.Purl)),
        Root = Root,
        Authors = Authors,
        HasDependencies = HasDependencies,
        Schema = Schema,
        Partial = _partial ?? (_components.Count == 0 && !_saysWhole ? "it lists no component, and does not say that there is none" : null),
    };

    /// <summary>An image's package URL has its digest for a version: <c>pkg:oci/app@sha256:9f2c…</c>.</summary>
    private static string? PurlDigest(string? purl) => PackageUrl.Parse(purl)?.Version is { } version && version.StartsWith("sha256:", StringComparison.Ordinal) ? version : null;
}
