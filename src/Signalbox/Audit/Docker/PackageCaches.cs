namespace Signalbox.Audit.Docker;

/// <param name="What">What stays in the layer.</param>
/// <param name="Clean">The option, or the command, that avoids it.</param>
internal sealed record PackageCache(string What, string Clean);

/// <summary>What package managers leave behind in a layer.</summary>
internal static class PackageCaches
{
    /// <summary>What a command leaves; null where its RUN cleans it or keeps it in a mount.</summary>
    public static PackageCache? Left(DockerCommand command, PackageCommand package) => (package.Manager, package.Verb) switch
    {
        ("apt", "update") when !Removes(command, "/var/lib/apt") && !Mounts(command, "/var/lib/apt") => new("its lists", "rm -rf /var/lib/apt/lists/*"),
        ("apk", "install") when !package.Command.Has("--no-cache") && !Removes(command, "/var/cache/apk") && !Mounts(command, "/var/cache/apk", "/etc/apk/cache") => new("its index", "--no-cache"),
        ("yum", "install") when !Runs(command, "yum", "clean") && !Removes(command, "/var/cache/yum") && !Mounts(command, "/var/cache/yum") => new("its cache", "yum clean all"),
        ("dnf", "install") when !Runs(command, "dnf", "clean") && !Removes(command, "/var/cache/") && !Mounts(command, "/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/yum") => new("its cache", $"{package.Command.Program} clean all"),
        ("zypper", "install") when !Runs(command, "zypper", "clean") && !Runs(command, "zypper", "cc") && !Removes(command, "/var/cache/zypp") && !Mounts(command, "/var/cache/zypp") => new("its cache", "zypper clean"),
        ("pip", "install") when !package.Command.Has("--no-cache-dir") && !NoCacheVariable(package) && !Removes(command, ".cache") && !Mounts(command, ".cache/pip", "/.cache") => new("its cache", "--no-cache-dir"),
        ("yarn", "install") when !Runs(command, "yarn", "cache") && !Removes(command, "cache") && !Mounts(command, "yarn", ".cache") => new("its cache", "yarn cache clean"),
        _ => null,
    };

    private static bool Runs(DockerCommand command, string manager, string verb) =>
        command.Siblings.Select(PackageCommand.Of).Any(p => p is not null && (p.Manager == manager || (manager == "dnf" && p.Manager == "yum")) && (p.Verb == verb));

    private static bool Removes(DockerCommand command, string path) =>
        command.Siblings.Any(c => c.Program is "rm" or "find" && c.Arguments.Any(w => w.Text.Contains(path, StringComparison.Ordinal)));

    private static bool Mounts(DockerCommand command, params ReadOnlySpan<string> paths)
    {
        foreach (var path in paths)
            if (command.Run.MountsCache(path)) return true;
        return false;
    }

    private static bool NoCacheVariable(PackageCommand package) => package.Command.Assignments.Any(w => w.Text.StartsWith("PIP_NO_CACHE_DIR=", StringComparison.Ordinal));
}
