using Signalbox.Yaml;

namespace Signalbox.Evidence.Sboms.Lockfiles;

/// <summary>yarn.lock: the classic format of Yarn 1, and the YAML of Yarn 2 and later ("berry").</summary>
internal static class YarnLockReader
{
    public static void Read(LockSource file, LockGraph graph)
    {
        var text = file.Text();
        if (text.Contains("__metadata:", StringComparison.Ordinal)) ReadBerry(file.Yaml(), graph);
        else ReadClassic(YarnClassicEntry.Read(text), graph);
        foreach (var asked in NpmManifest.Beside(file) ?? [])
        {
            graph.Asks($"{asked.Name}@{asked.Range}", asked.Scope);
            graph.Asks($"{asked.Name}@npm:{asked.Range}", asked.Scope);
        }
    }

    private static void ReadClassic(List<YarnClassicEntry> entries, LockGraph graph)
    {
        foreach (var entry in entries)
        {
            var (name, range) = NpmNames.Split(entry.Patterns[0]);
            if (range.StartsWith("npm:", StringComparison.Ordinal)) name = NpmNames.Split(range[4..]).Name;
            graph.Add(entry.Patterns[0], NpmNames.Purl(name, entry.Version, entry.Resolved), null, LockedFacts.Of([.. LockHashes.Integrity(entry.Integrity), .. Sha1(entry)]));
            foreach (var other in entry.Patterns.Skip(1)) graph.Also(other, entry.Patterns[0]);
        }
        foreach (var entry in entries)
            foreach (var (to, scope) in entry.Dependencies) graph.Depends(entry.Patterns[0], to, scope);
    }

    /// <summary>Where there is no integrity, the address ends with the tarball's SHA-1.</summary>
    private static IEnumerable<ComponentHash?> Sha1(YarnClassicEntry entry) =>
        entry.Integrity is null && entry.Resolved?.Split('#') is [_, var hex] ? [LockHashes.Hex("sha1", hex)] : [];

    private static void ReadBerry(YamlMapping root, LockGraph graph)
    {
        var entries = root.Entries.Where(entry => entry.Key.Value != "__metadata" && entry.Value is YamlMapping).ToList();
        foreach (var entry in entries)
        {
            var keys = entry.Key.Value.Split(", ");
            if (entry.Value.Text("resolution") is not { } resolution) throw new LockRefusedException($"'{LockGraph.Shown(entry.Key.Value)}' has no resolution");
            AddBerry(keys[0], resolution, entry.Value, graph);
            foreach (var other in keys.Skip(1)) graph.Also(other, keys[0]);
        }
        foreach (var entry in entries) AddBerryEdges(entry.Key.Value.Split(", ")[0], entry.Value, graph);
    }

    private static void AddBerry(string key, string resolution, YamlNode entry, LockGraph graph)
    {
        var (name, reference) = NpmNames.Split(resolution);
        if (IsOwn(reference)) graph.AddOwn(key);
        // of a patched package the lock names the patch; the name and the version are those of what is patched
        else graph.Add(key, NpmNames.Purl(name, entry.Text("version"), LockAddresses.IsWeb(reference) || LockAddresses.IsGit(reference) ? reference.Replace("#commit=", "#", StringComparison.Ordinal) : null),
            null, LockedFacts.None with { Checksum = entry.Text("checksum") });
    }

    private static bool IsOwn(string reference) =>
        reference.StartsWith("workspace:", StringComparison.Ordinal) || reference.StartsWith("portal:", StringComparison.Ordinal) || reference.StartsWith("link:", StringComparison.Ordinal);

    private static void AddBerryEdges(string key, YamlNode entry, LockGraph graph)
    {
        foreach (var needed in entry.Mapping("dependencies").Entries())
        {
            var (name, range) = (needed.Key.Value, needed.Value.Text() ?? "");
            var scope = entry.Get("dependenciesMeta", name).Boolean("optional") == true ? ComponentScope.Optional : ComponentScope.Required;
            graph.Depends(key, $"{name}@{range}", scope);
            // before version 8 the protocol of a range was left out
            if (!range.Contains(':', StringComparison.Ordinal)) graph.Depends(key, $"{name}@npm:{range}", scope);
        }
    }
}
