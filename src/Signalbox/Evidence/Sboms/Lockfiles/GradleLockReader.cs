using Signalbox.Evidence.Reports;

namespace Signalbox.Evidence.Sboms.Lockfiles;

/// <summary>
/// Gradle's lockfiles: <c>group:name:version=configurations</c>, and the older one file a configuration. They hold neither hashes nor
/// what depends on what. What only a build script or tests need is not part of what runs.
/// </summary>
internal static class GradleLockReader
{
    public static bool Fits(string path)
    {
        var parts = path.Split('/');
        return parts[^1] is "gradle.lockfile" or "buildscript-gradle.lockfile" or "settings-gradle.lockfile"
            || (parts.Length > 1 && parts[^2] == "dependency-locks" && parts[^1].EndsWith(".lockfile", StringComparison.Ordinal));
    }

    public static void Read(LockSource file, LockGraph graph)
    {
        graph.KnowsEdges = false;
        var number = 0;
        foreach (var raw in file.Text().AsSpan().EnumerateLines())
        {
            number++;
            var line = raw.Trim().ToString();
            if (line.Length == 0 || line[0] == '#' || line.StartsWith("empty=", StringComparison.Ordinal)) continue;
            var (name, configurations) = line.Split('=', 2) is [var left, var right] ? (left, right.Split(',')) : (line, []);
            if (name.Split(':') is not [{ Length: > 0 } group, { Length: > 0 } artifact, { Length: > 0 } version]) throw new LockRefusedException($"line {number} is not group:name:version=configurations");
            graph.Add(name, PackageUrl.Of("maven", group, artifact, version), Scope(file, configurations));
        }
    }

    private static ComponentScope Scope(LockSource file, string[] configurations)
    {
        if (file.Name is "buildscript-gradle.lockfile" or "settings-gradle.lockfile") return ComponentScope.Excluded;
        // the older form says the configuration by the file's name
        if (configurations.Length == 0) configurations = [file.Name];
        return configurations.All(name => name.StartsWith("test", StringComparison.Ordinal)) ? ComponentScope.Excluded : ComponentScope.Required;
    }
}
