using Signalbox.Evidence.Reports;

namespace Signalbox.Evidence.Sboms;

/// <summary>Gathers what one lockfile says while it is read. Packages go by the file's own keys until the end.</summary>
internal sealed class LockGraph(LockLimits limits)
{
    private sealed class Node
    {
        /// <summary>Null for a package of the project's own.</summary>
        public PackageUrl? Purl { get; init; }

        public ComponentScope? Stated { get; init; }

        public required LockedFacts Facts { get; init; }

        public List<(string To, ComponentScope Scope)> Edges { get; } = [];
    }

    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _also = new(StringComparer.Ordinal);
    private readonly List<(string To, ComponentScope Scope)> _direct = [];
    private readonly List<LockGap> _gaps = [];
    private int _edges;

    /// <summary>Whether the format says what depends on what.</summary>
    public bool KnowsEdges { get; set; } = true;

    public IReadOnlyList<LockGap> Gaps => _gaps;

    public bool Has(string key) => _nodes.ContainsKey(key);

    /// <param name="key">What the file calls it by; a second package of the same key is left out.</param>
    /// <param name="scope">Null where it follows from what asks for it.</param>
    public void Add(string key, PackageUrl purl, ComponentScope? scope = null, LockedFacts? facts = null)
    {
        Check(purl.Name);
        Check(purl.Namespace);
        Check(purl.Version);
        foreach (var qualifier in purl.Qualifiers) Check(qualifier);
        foreach (var licence in facts?.Licences ?? []) Check(licence);
        if (purl.Name.Length == 0) throw new LockRefusedException($"a package has no name, at '{Shown(key)}'");
        Put(key, new() { Purl = purl, Stated = scope, Facts = facts ?? LockedFacts.None });
    }

    /// <summary>A package of the project's own: what it asks for, the project asks for.</summary>
    public void AddOwn(string key) => Put(key, new() { Facts = LockedFacts.None });

    /// <summary>Another key that stands for a package, or for each of several.</summary>
    public void Also(string name, string key)
    {
        Check(name);
        if (!_also.TryGetValue(name, out var keys)) _also.Add(name, keys = []);
        keys.Add(key);
    }

    /// <param name="to">A key, or another name of one; what the file does not hold (another platform's, a peer nobody installed) is passed over.</param>
    /// <param name="scope">What it is needed for where the first one is there.</param>
    public void Depends(string from, string to, ComponentScope scope = ComponentScope.Required)
    {
        if (!_nodes.TryGetValue(from, out var node)) return;
        CountEdge();
        node.Edges.Add((to, scope));
    }

    /// <summary>The project itself asks for it.</summary>
    public void Asks(string to, ComponentScope scope = ComponentScope.Required)
    {
        CountEdge();
        _direct.Add((to, scope));
    }

    public void Gap(string path, string message, string? help = null) => _gaps.Add(new(path, message, help));

    /// <summary>What the file says, by package URLs.</summary>
    public LockedPart Done()
    {
        var edges = _nodes.ToDictionary(pair => pair.Key, pair => Resolved(pair.Value.Edges), StringComparer.Ordinal);
        var direct = Resolved(_direct);
        foreach (var (key, node) in _nodes)
            if (node.Purl is null) direct.AddRange(edges[key]);
        direct.AddRange(Unasked(direct, edges));
        var scopes = LockScopes.Of(direct, edges);
        var components = _nodes.Where(pair => pair.Value.Purl is not null).Select(pair => Component(pair.Value, scopes[pair.Key], edges[pair.Key]));
        return new([.. components], [.. References(direct)]);
    }

    private LockedComponent Component(Node node, ComponentScope reached, List<(string To, ComponentScope Scope)> edges) => new(
        node.Purl!, node.Stated ?? reached, node.Facts.Hashes, node.Facts.Licences, node.Facts.Checksum, KnowsEdges ? [.. References(edges)] : null);

    private IEnumerable<string> References(IEnumerable<(string To, ComponentScope Scope)> edges) =>
        edges.Select(edge => _nodes[edge.To].Purl?.ToString()).OfType<string>().Distinct().Order(StringComparer.Ordinal);

    private List<(string To, ComponentScope Scope)> Resolved(List<(string To, ComponentScope Scope)> edges)
    {
        var found = new List<(string, ComponentScope)>();
        foreach (var (to, scope) in edges)
            if (_nodes.ContainsKey(to)) found.Add((to, scope));
            else
                foreach (var key in _also.GetValueOrDefault(to) ?? [])
                    if (_nodes.ContainsKey(key))
                    {
                        CountEdge();
                        found.Add((key, scope));
                    }
        return found;
    }

    /// <summary>What nothing asks for is there because the project asked for it where this file does not say.</summary>
    private List<(string To, ComponentScope Scope)> Unasked(List<(string To, ComponentScope Scope)> direct, Dictionary<string, List<(string To, ComponentScope Scope)>> edges)
    {
        var unasked = new List<(string, ComponentScope)>();
        var reached = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (to, _) in direct) LockScopes.Reach(to, edges, reached);
        var targets = edges.Values.SelectMany(list => list).Select(edge => edge.To).ToHashSet(StringComparer.Ordinal);
        // first those that no other asks for; then one of each circle
        foreach (var key in _nodes.Keys.Where(key => !targets.Contains(key)).Concat(_nodes.Keys))
        {
            if (reached.Contains(key) || _nodes[key].Purl is null) continue;
            unasked.Add((key, ComponentScope.Required));
            LockScopes.Reach(key, edges, reached);
        }
        return unasked;
    }

    private void Put(string key, Node node)
    {
        Check(key);
        if (_nodes.Count == limits.MaxComponents) throw new LockRefusedException($"the file has more than {limits.MaxComponents:N0} packages");
        _nodes.TryAdd(key, node);
    }

    private void CountEdge()
    {
        if (++_edges > limits.MaxEdges) throw new LockRefusedException($"the file has more than {limits.MaxEdges:N0} dependencies");
    }

    private void Check(string? text)
    {
        if (text is null) return;
        if (text.Length > limits.MaxTextLength) throw new LockRefusedException($"'{Shown(text)}' has {text.Length:N0} characters; expected at most {limits.MaxTextLength:N0}");
        for (var i = 0; i < text.Length; i++)
            if (!char.IsSurrogate(text[i])) continue;
            else if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else throw new LockRefusedException("a name is not well-formed text");
    }

    internal static string Shown(string text) =>
        string.Concat((text.Length <= 60 ? text : text[..60] + "…").Select(c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c));
}

/// <summary>What a lockfile states of a package beside its name.</summary>
internal sealed record LockedFacts(IReadOnlyList<ComponentHash> Hashes, IReadOnlyList<string> Licences, string? Checksum = null)
{
    public static LockedFacts None { get; } = new([], []);

    public static LockedFacts Of(IEnumerable<ComponentHash?> hashes) => new([.. hashes.OfType<ComponentHash>().Distinct()], []);
}

/// <summary>One lockfile's part of the inventory.</summary>
internal sealed record LockedPart(IReadOnlyList<LockedComponent> Components, IReadOnlyList<string> Direct);
