using System.Text.Json;
using Signalbox.Evidence.Reports;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Sboms.Lockfiles;

/// <summary>NuGet's packages.lock.json: the packages of each target framework. Its <c>contentHash</c> is the SHA-512 of the package without its signature.</summary>
internal static class NuGetLockReader
{
    public static void Read(LockSource file, LockGraph graph)
    {
        var targets = file.Json().At("dependencies"u8);
        if (targets.ValueKind != JsonValueKind.Object) throw new LockRefusedException("there are no dependencies in it; expected NuGet's packages.lock.json");
        foreach (var target in targets.Members())
        {
            foreach (var package in target.Value.Members()) Add(target.Name, package, graph);
            foreach (var package in target.Value.Members())
                foreach (var needed in package.Value.At("dependencies"u8).Members())
                    graph.Depends(Key(target.Name, package.Name), Key(target.Name, needed.Name));
        }
    }

    private static void Add(string target, JsonProperty package, LockGraph graph)
    {
        var key = Key(target, package.Name);
        var type = package.Value.Text("type"u8);
        if (type == "Project") graph.AddOwn(key);
        else if (package.Value.Text("resolved"u8) is { } version)
            graph.Add(key, PackageUrl.Of("nuget", null, package.Name, version), null, LockedFacts.Of([LockHashes.Base64("sha512", package.Value.Text("contentHash"u8))]));
        if (type == "Direct") graph.Asks(key);
    }

    // names of packages are the same in any case
    private static string Key(string target, string name) => $"{target}|{name.ToLowerInvariant()}";
}
