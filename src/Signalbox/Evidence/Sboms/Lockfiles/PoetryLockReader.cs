using Signalbox.Evidence.Sboms.Toml;

namespace Signalbox.Evidence.Sboms.Lockfiles;

/// <summary>poetry.lock, versions 1 and 2: <c>[[package]]</c>, with the hashes of all its files beside it or in <c>[metadata.files]</c>.</summary>
internal static class PoetryLockReader
{
    public static void Read(LockSource file, LockGraph graph)
    {
        var root = file.Toml();
        if (root.Table("metadata") is not { } metadata) throw new LockRefusedException("there is no [metadata] in it; expected a poetry.lock");
        foreach (var package in root.Tables("package"))
            if (package.Text("name") is { } name && package.Text("version") is { } version) Add(package, PythonNames.Normalised(name), version, metadata, graph);
        foreach (var package in root.Tables("package"))
            foreach (var needed in package.Table("dependencies")?.Entries ?? [])
                graph.Depends(Key(package), PythonNames.Normalised(needed.Key), (needed.Value as TomlTable)?.IsTrue("optional") == true ? ComponentScope.Optional : ComponentScope.Required);
        foreach (var (name, scope) in PythonNames.Asked(file)) graph.Asks(name, scope);
    }

    private static string Key(TomlTable package) => $"{PythonNames.Normalised(package.Text("name") ?? "")} {package.Text("version")}";

    private static void Add(TomlTable package, string name, string version, TomlTable metadata, LockGraph graph)
    {
        var key = Key(package);
        var source = package.Table("source");
        graph.Also(name, key);
        if (source?.Text("type") == "directory")
        {
            graph.AddOwn(key);
            return;
        }
        var files = package.Tables("files").Concat(metadata.Table("files")?.Tables(package.Text("name")!) ?? []);
        graph.Add(key, PythonNames.Purl(name, version, From(source)), Scope(package), LockedFacts.Of(files.Take(1000).Select(one => LockHashes.Named(one.Text("hash")))));
    }

    private static string[] From(TomlTable? source) => (source?.Text("type"), source?.Text("url")) switch
    {
        ("git", { } url) => [LockAddresses.Git(url, source?.Text("resolved_reference"))],
        ("url", { } url) => [LockAddresses.Download(url)],
        _ => [],
    };

    /// <summary>Version 2 says the groups, older ones a category; where neither is said it follows from what asks for it.</summary>
    private static ComponentScope? Scope(TomlTable package)
    {
        if (package.IsTrue("optional")) return ComponentScope.Optional;
        string[] groups = [.. package.Texts("groups"), .. package.Text("category") is { } category ? [category] : Array.Empty<string>()];
        return groups.Length == 0 ? null : groups.Contains("main") ? ComponentScope.Required : ComponentScope.Excluded;
    }
}
