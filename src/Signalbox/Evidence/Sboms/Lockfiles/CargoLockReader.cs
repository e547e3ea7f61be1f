using Signalbox.Evidence.Reports;
using Signalbox.Evidence.Sboms.Toml;

namespace Signalbox.Evidence.Sboms.Lockfiles;

/// <summary>
/// Cargo.lock, versions 1 to 4. A dependency is <c>name</c>, <c>name version</c> or <c>name version (source)</c>, as much of it
/// as is needed. What has no source is the project's own. What is for tests alone is not told apart.
/// </summary>
internal static class CargoLockReader
{
    public static void Read(LockSource file, LockGraph graph)
    {
        var root = file.Toml();
        // version 1 named a lone package [root], and kept the checksums apart
        var packages = root.Tables("package").Concat(root.Table("root") is { } lone ? [lone] : []).Where(package => package.Text("name") is not null && package.Text("version") is not null).ToList();
        if (packages.Count == 0) throw new LockRefusedException("there is no [[package]] in it; expected a Cargo.lock");
        foreach (var package in packages) Add(package, root.Table("metadata"), graph);
        foreach (var package in packages)
            foreach (var needed in package.Texts("dependencies")) graph.Depends(Key(package), needed);
    }

    private static string Key(TomlTable package) =>
        package.Text("source") is { } source ? $"{package.Text("name")} {package.Text("version")} ({source})" : $"{package.Text("name")} {package.Text("version")}";

    private static void Add(TomlTable package, TomlTable? metadata, LockGraph graph)
    {
        var (key, name, version) = (Key(package), package.Text("name")!, package.Text("version")!);
        graph.Also(name, key);
        if (package.Text("source") is not { } source)
        {
            graph.AddOwn(key);
            return;
        }
        graph.Also($"{name} {version}", key);
        var checksum = package.Text("checksum") ?? metadata?.Text($"checksum {key}");
        graph.Add(key, PackageUrl.Of("cargo", null, name, version, LockAddresses.IsGit(source) ? [LockAddresses.Git(source)] : []), null, LockedFacts.Of([LockHashes.Hex("sha256", checksum)]));
    }
}
