using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Sboms.Lockfiles;

/// <summary>npm's package-lock.json and npm-shrinkwrap.json, version 1 (nested <c>dependencies</c>), 2 and 3 (<c>packages</c> by place).</summary>
internal static class NpmLockReader
{
    private const string Modules = "node_modules/";

    public static void Read(LockSource file, LockGraph graph)
    {
        var root = file.Json();
        if (root.At("packages"u8).ValueKind == JsonValueKind.Object) new Places(root.At("packages"u8), graph).Read();
        else if (root.At("dependencies"u8).ValueKind == JsonValueKind.Object) new Nested(file, graph).Read(root.At("dependencies"u8));
        else if (root.At("lockfileVersion"u8).ValueKind != JsonValueKind.Number) throw new LockRefusedException("there are neither packages nor dependencies in it; expected a package-lock.json");
    }

    private static ComponentScope Scope(JsonElement entry) =>
        entry.IsTrue("dev"u8) ? ComponentScope.Excluded
        : entry.IsTrue("optional"u8) || entry.IsTrue("devOptional"u8) ? ComponentScope.Optional
        : ComponentScope.Required;

    private static LockedFacts Facts(JsonElement entry) =>
        LockedFacts.Of(LockHashes.Integrity(entry.Text("integrity"u8))) with { Licences = entry.At("license"u8).ValueKind == JsonValueKind.String && entry.Text("license"u8) is { } licence ? [licence] : [] };

    /// <summary>Packages by the place where they are installed: <c>node_modules/a/node_modules/b</c>.</summary>
    private sealed class Places(JsonElement packages, LockGraph graph)
    {
        private readonly Dictionary<string, JsonElement> _entries = packages.Members().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);

        public void Read()
        {
            foreach (var (place, entry) in _entries) Add(place, entry);
            foreach (var (place, entry) in _entries) AddEdges(place, entry);
        }

        private void Add(string place, JsonElement entry)
        {
            if (entry.IsTrue("link"u8)) return;
            var at = place.LastIndexOf(Modules, StringComparison.Ordinal);
            if (at < 0) graph.AddOwn(place);
            else if (entry.Text("version"u8) is { } version)
                graph.Add(place, NpmNames.Purl(entry.Text("name"u8) ?? place[(at + Modules.Length)..], version, entry.Text("resolved"u8)), Scope(entry), Facts(entry));
        }

        private void AddEdges(string place, JsonElement entry)
        {
            var isOwn = !place.Contains(Modules, StringComparison.Ordinal);
            // a peer that was installed is what the package runs with
            foreach (var asked in NpmManifest.Asked(entry, isOwn).Concat(NpmManifest.Of(entry.At("peerDependencies"u8), ComponentScope.Optional)))
                if (Find(place, asked.Name) is { } found) graph.Depends(place, found, asked.Scope);
        }

        /// <summary>As Node looks: in the package's own folder first, then in those above (nodejs.org, "Loading from node_modules folders").</summary>
        private string? Find(string place, string name)
        {
            for (var from = place; ; from = from[..Math.Max(0, from.LastIndexOf('/'))])
            {
                if (!from.EndsWith("node_modules", StringComparison.Ordinal) && _entries.TryGetValue(from.Length == 0 ? Modules + name : $"{from}/{Modules}{name}", out var entry))
                    return entry.IsTrue("link"u8) ? entry.Text("resolved"u8) : from.Length == 0 ? Modules + name : $"{from}/{Modules}{name}";
                if (from.Length == 0) return null;
            }
        }
    }

    /// <summary>Version 1: packages within the packages that they are installed for.</summary>
    private sealed class Nested(LockSource file, LockGraph graph)
    {
        /// <summary>The packages of one folder, and the folder above.</summary>
        private sealed record Level(string Place, Dictionary<string, JsonElement> Packages, Level? Above);

        public void Read(JsonElement dependencies)
        {
            var top = Open("", dependencies, null);
            foreach (var asked in NpmManifest.Beside(file) ?? []) graph.Asks(asked.Name, asked.Scope);
            Read(top);
        }

        private static Level Open(string place, JsonElement dependencies, Level? above) =>
            new(place, dependencies.Members().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal), above);

        private void Read(Level level)
        {
            foreach (var (name, entry) in level.Packages)
            {
                if (entry.Text("version"u8) is not { } version) continue;
                var key = level.Place + name;
                var (real, number, resolved) = Named(name, version, entry.Text("resolved"u8));
                graph.Add(key, NpmNames.Purl(real, number, resolved), Scope(entry), Facts(entry));
                var inner = Open(key + "/", entry.At("dependencies"u8), level);
                foreach (var needed in entry.At("requires"u8).Members())
                    if (Find(inner, needed.Name) is { } found) graph.Depends(key, found);
                Read(inner);
            }
        }

        /// <summary>The version may say another name (<c>npm:b@1.0.0</c>), or an address.</summary>
        private static (string Name, string? Version, string? Resolved) Named(string name, string version, string? resolved)
        {
            if (version.StartsWith("npm:", StringComparison.Ordinal) && NpmNames.Split(version[4..]) is var (real, number)) return (real, number, resolved);
            return version.Contains(':', StringComparison.Ordinal) ? (name, null, version) : (name, version, resolved);
        }

        private static string? Find(Level? level, string name)
        {
            for (; level is not null; level = level.Above)
                if (level.Packages.ContainsKey(name)) return level.Place + name;
            return null;
        }
    }
}
