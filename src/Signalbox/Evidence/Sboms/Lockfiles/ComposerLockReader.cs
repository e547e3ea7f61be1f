using System.Text.Json;
using Signalbox.Evidence.Reports;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Sboms.Lockfiles;

/// <summary>Composer's composer.lock: <c>packages</c> are what runs, <c>packages-dev</c> what development needs.</summary>
internal static class ComposerLockReader
{
    public static void Read(LockSource file, LockGraph graph)
    {
        var root = file.Json();
        if (root.At("packages"u8).ValueKind != JsonValueKind.Array) throw new LockRefusedException("there are no packages in it; expected a composer.lock");
        foreach (var package in root.Items("packages"u8)) Add(package, ComponentScope.Required, graph);
        foreach (var package in root.Items("packages-dev"u8)) Add(package, ComponentScope.Excluded, graph);
        foreach (var package in root.Items("packages"u8)) AddEdges(package, graph);
        foreach (var package in root.Items("packages-dev"u8)) AddEdges(package, graph);
        Ask(file, graph);
    }

    private static void Add(JsonElement package, ComponentScope scope, LockGraph graph)
    {
        if (Name(package) is not { } name || package.Text("version"u8) is not { } version) throw new LockRefusedException("a package has no name or no version");
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var (source, dist) = (package.At("source"u8), package.At("dist"u8));
        if (dist.Text("type"u8) == "path")
        {
            graph.AddOwn(name);
            return;
        }
        // a branch is no version: the commit says which
        string[] from = version.StartsWith("dev-", StringComparison.Ordinal) && source.Text("url"u8) is { } url ? [LockAddresses.Git(url, source.Text("reference"u8))] : [];
        graph.Add(name, PackageUrl.Of("composer", slash < 0 ? null : name[..slash], name[(slash + 1)..], version, from), scope,
            LockedFacts.Of([LockHashes.Hex("sha1", dist.Text("shasum"u8))]) with { Licences = [.. package.Texts("license"u8).Take(20)] });
        foreach (var replaced in package.At("replace"u8).Members()) graph.Also(replaced.Name.ToLowerInvariant(), name);
    }

    // names of packages are the same in any case
    private static string? Name(JsonElement package) => package.Text("name"u8)?.ToLowerInvariant();

    /// <summary>PHP itself and its extensions are not in the file, and are passed over.</summary>
    private static void AddEdges(JsonElement package, LockGraph graph)
    {
        foreach (var needed in package.At("require"u8).Members()) graph.Depends(Name(package)!, needed.Name.ToLowerInvariant());
    }

    private static void Ask(LockSource file, LockGraph graph)
    {
        JsonElement manifest;
        try
        {
            if (file.Beside("composer.json") is not { } beside) return;
            manifest = beside.Json();
        }
        catch (LockRefusedException)
        {
            return;
        }
        foreach (var asked in manifest.At("require"u8).Members()) graph.Asks(asked.Name.ToLowerInvariant());
        foreach (var asked in manifest.At("require-dev"u8).Members()) graph.Asks(asked.Name.ToLowerInvariant(), ComponentScope.Excluded);
    }
}
