using Signalbox.Evidence.Sboms.Toml;

namespace Signalbox.Evidence.Sboms.Lockfiles;

/// <summary>uv.lock: <c>[[package]]</c> with its source, what it depends on, and the hashes of its files. Packages without a registry of theirs are the project's own.</summary>
internal static class UvLockReader
{
    private static readonly string[] s_own = ["virtual", "editable", "directory"];

    public static void Read(LockSource file, LockGraph graph)
    {
        var root = file.Toml();
        if (root.Text("version") is null) throw new LockRefusedException("there is no version in it; expected a uv.lock");
        var packages = root.Tables("package").Where(package => package.Text("name") is not null).ToList();
        foreach (var package in packages) Add(package, graph);
        foreach (var package in packages)
        {
            var key = Key(package, package.Text("version"));
            Depend(key, package.Tables("dependencies"), ComponentScope.Required, graph);
            DependAll(key, package.Table("optional-dependencies"), ComponentScope.Optional, graph);
            DependAll(key, package.Table("dev-dependencies"), ComponentScope.Excluded, graph);
        }
    }

    private static string Key(TomlTable package, string? version) => $"{PythonNames.Normalised(package.Text("name") ?? "")} {version}";

    private static void Add(TomlTable package, LockGraph graph)
    {
        var (key, name, source) = (Key(package, package.Text("version")), PythonNames.Normalised(package.Text("name")!), package.Table("source"));
        graph.Also(name, key);
        if (source is not null && s_own.Any(kind => source.Text(kind) is not null))
        {
            graph.AddOwn(key);
            return;
        }
        string[] from = source?.Text("git") is { } git ? [LockAddresses.Git(git)] : source?.Text("url") is { } url ? [LockAddresses.Download(url)] : [];
        var files = package.Tables("wheels").Take(1000).Prepend(package.Table("sdist"));
        graph.Add(key, PythonNames.Purl(name, package.Text("version"), from), null, LockedFacts.Of(files.Select(one => LockHashes.Named(one?.Text("hash")))));
    }

    private static void DependAll(string key, TomlTable? groups, ComponentScope scope, LockGraph graph)
    {
        foreach (var group in groups?.Entries ?? [])
            if (group.Value is List<object> needed) Depend(key, needed.OfType<TomlTable>(), scope, graph);
    }

    /// <summary>The version is said where there are several of a name.</summary>
    private static void Depend(string key, IEnumerable<TomlTable> needed, ComponentScope scope, LockGraph graph)
    {
        foreach (var one in needed)
            graph.Depends(key, one.Text("version") is { } version ? Key(one, version) : PythonNames.Normalised(one.Text("name") ?? ""), scope);
    }
}
