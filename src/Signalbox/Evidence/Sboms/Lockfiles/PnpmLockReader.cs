using Signalbox.Yaml;

namespace Signalbox.Evidence.Sboms.Lockfiles;

/// <summary>
/// pnpm-lock.yaml, versions 5 to 9. A package's key is <c>/name/1.0.0_peers</c> (5), <c>/name@1.0.0(peers)</c> (6) or
/// <c>name@1.0.0(peers)</c> (9, whose <c>snapshots</c> say what depends on what).
/// </summary>
internal sealed class PnpmLockReader
{
    private readonly LockGraph _graph;
    private readonly bool _isFlat;

    private PnpmLockReader(LockGraph graph, bool isFlat) => (_graph, _isFlat) = (graph, isFlat);

    public static void Read(LockSource file, LockGraph graph)
    {
        var root = file.Yaml();
        var version = root.Text("lockfileVersion") ?? throw new LockRefusedException("there is no lockfileVersion in it; expected a pnpm-lock.yaml");
        new PnpmLockReader(graph, isFlat: version.StartsWith("5.", StringComparison.Ordinal) || version == "5").Read(root);
    }

    private void Read(YamlMapping root)
    {
        var packages = root.Mapping("packages").Entries();
        var snapshots = root.Mapping("snapshots");
        foreach (var entry in packages) Add(entry.Key.Value, entry.Value);
        // each set of peers is a snapshot of its own of one package
        foreach (var entry in snapshots?.Entries() ?? packages) AddEdges(WithoutPeers(entry.Key.Value, snapshots is null), entry.Value);
        if (root.Mapping("importers") is { } importers)
            foreach (var importer in importers.Entries()) Ask(importer.Value);
        else Ask(root);
    }

    private void Add(string key, YamlNode entry)
    {
        var (name, version) = NameAndVersion(key);
        var resolution = entry.Get("resolution");
        if (resolution.Text("directory") is not null)
        {
            _graph.AddOwn(key);
            return;
        }
        var resolved = resolution.Text("repo") is { } repository ? $"git+{repository}#{resolution.Text("commit")}" : resolution.Text("tarball");
        _graph.Add(key, NpmNames.Purl(entry.Text("name") ?? name, entry.Text("version") ?? version, resolved), Scope(entry), LockedFacts.Of(LockHashes.Integrity(resolution.Text("integrity"))));
    }

    private static ComponentScope? Scope(YamlNode entry) =>
        entry.Boolean("dev") == true ? ComponentScope.Excluded : entry.Boolean("optional") == true ? ComponentScope.Optional : null;

    private (string Name, string? Version) NameAndVersion(string key)
    {
        var bare = WithoutPeers(key.TrimStart('/'));
        if (!_isFlat) return NpmNames.Split(bare) is var (name, version) && !version.Contains(':', StringComparison.Ordinal) ? (name, version) : (NpmNames.Split(bare).Name, null);
        var slash = bare.LastIndexOf('/');
        return slash < 0 ? (bare, null) : (bare[..slash], bare[(slash + 1)..].Split('_')[0]);
    }

    private void AddEdges(string key, YamlNode entry)
    {
        foreach (var (group, scope) in s_groups)
            foreach (var needed in entry.Mapping(group).Entries())
                if (needed.Value.Text() is { } version) _graph.Depends(key, Target(needed.Key.Value, version), scope);
    }

    /// <summary>What a project asks for: <c>name: version</c>, from version 6 on <c>name: { specifier, version }</c>.</summary>
    private void Ask(YamlNode importer)
    {
        foreach (var (group, scope) in s_groups)
            foreach (var needed in importer.Mapping(group).Entries())
                if ((needed.Value.Text("version") ?? needed.Value.Text()) is { } version) _graph.Asks(Target(needed.Key.Value, version), scope);
    }

    private static readonly (string Group, ComponentScope Scope)[] s_groups =
        [("dependencies", ComponentScope.Required), ("optionalDependencies", ComponentScope.Optional), ("devDependencies", ComponentScope.Excluded)];

    /// <summary>The key that a name and a version mean; a version may be a whole key (an alias, an address).</summary>
    private string Target(string name, string version)
    {
        foreach (var key in (ReadOnlySpan<string>)[version, _isFlat ? $"/{name}/{version}" : $"{name}@{version}", $"/{name}@{version}", $"{name}@{WithoutPeers(version)}"])
            if (_graph.Has(key)) return key;
        return _isFlat ? version : WithoutPeers(version);
    }

    /// <param name="isWhole">Whether peers are a part of the key, as they were before snapshots.</param>
    private static string WithoutPeers(string key, bool isWhole = false)
    {
        var peers = isWhole ? -1 : key.IndexOf('(', StringComparison.Ordinal);
        return peers < 0 ? key : key[..peers];
    }
}
