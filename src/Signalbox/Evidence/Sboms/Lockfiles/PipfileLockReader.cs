using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Sboms.Lockfiles;

/// <summary>Pipenv's Pipfile.lock: <c>default</c> is what runs, every other group is for development. It does not say what depends on what.</summary>
internal static class PipfileLockReader
{
    public static void Read(LockSource file, LockGraph graph)
    {
        var root = file.Json();
        if (root.At("_meta"u8).ValueKind != JsonValueKind.Object) throw new LockRefusedException("there is no _meta in it; expected a Pipfile.lock");
        graph.KnowsEdges = false;
        foreach (var group in root.Members())
            if (group.Name != "_meta")
                foreach (var package in group.Value.Members()) Add(group.Name, package, file, graph);
    }

    private static void Add(string group, JsonProperty package, LockSource file, LockGraph graph)
    {
        var entry = package.Value;
        // in place is also how Pipenv recommends to take other people's repositories
        if (entry.Text("path"u8) is not null || (entry.IsTrue("editable"u8) && entry.Text("git"u8) is null && entry.Text("file"u8) is null)) return;
        var version = entry.Text("version"u8)?.TrimStart('=');
        string[] from = entry.Text("git"u8) is { } git ? [LockAddresses.Git(git, entry.Text("ref"u8))] : entry.Text("file"u8) is { } address ? [LockAddresses.Download(address)] : [];
        if (version is null && from.Length == 0)
        {
            graph.Gap(file.Path, $"'{LockGraph.Shown(package.Name)}' has no version", "pipenv lock");
            return;
        }
        graph.Add($"{group}|{package.Name}", PythonNames.Purl(package.Name, version, from), group == "default" ? ComponentScope.Required : ComponentScope.Excluded,
            LockedFacts.Of(entry.Texts("hashes"u8).Take(1000).Select(LockHashes.Named)));
    }
}
