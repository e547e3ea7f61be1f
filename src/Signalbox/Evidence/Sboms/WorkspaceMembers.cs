using System.Text.Json;
using Signalbox.Delivery.Artifacts;
using Signalbox.Evidence.Reports.Json;
using Signalbox.Evidence.Sboms.Toml;
using Signalbox.Yaml;

namespace Signalbox.Evidence.Sboms;

/// <summary>
/// What a lockfile pins below its own folder: members of its workspace, as far as it names them. Cargo names packages and no folders;
/// Yarn 1 names neither, and the package.json beside its lockfile does.
/// </summary>
internal static class WorkspaceMembers
{
    /// <returns>Whether a manifest, by its folder below the lockfile's (<c>packages/api</c>), is a member's.</returns>
    /// <exception cref="LockRefusedException">The lockfile cannot be read.</exception>
    public static Func<string, LockSource, bool> Of(LockSource lockfile)
    {
        if (lockfile.Name == "Cargo.lock")
        {
            var packages = lockfile.Toml().Tables("package").Where(package => package.Text("source") is null).Select(package => package.Text("name")).ToHashSet(StringComparer.Ordinal);
            return (_, manifest) => manifest.Toml().Table("package")?.Text("name") is { } name && packages.Contains(name);
        }
        if (lockfile.Name == "yarn.lock" && !IsBerry(lockfile))
        {
            var patterns = Patterns(lockfile);
            return (folder, _) => patterns.Any(pattern => Matches(pattern, folder)) && !patterns.Any(pattern => pattern is ['!', .. var left] && Matches(left, folder));
        }
        var folders = Folders(lockfile).Select(Plain).ToHashSet(StringComparer.Ordinal);
        return (folder, _) => folders.Contains(folder);
    }

    private static IEnumerable<string> Folders(LockSource lockfile) => lockfile.Name switch
    {
        "package-lock.json" or "npm-shrinkwrap.json" => lockfile.Json().At("packages"u8).Members().Select(member => member.Name),
        "pnpm-lock.yaml" => lockfile.Yaml().Mapping("importers").Entries().Select(importer => importer.Key.Value),
        "yarn.lock" => lockfile.Yaml().Entries.Select(entry => entry.Value.Text("resolution") ?? "").Where(resolution => resolution.Contains(Workspace, StringComparison.Ordinal))
            .Select(resolution => resolution[(resolution.IndexOf(Workspace, StringComparison.Ordinal) + Workspace.Length)..]),
        "uv.lock" => Sources(lockfile).Select(source => source.Text("editable") ?? source.Text("virtual") ?? source.Text("directory")).OfType<string>(),
        "poetry.lock" => Sources(lockfile).Where(source => source.Text("type") == "directory").Select(source => source.Text("url")).OfType<string>(),
        _ => [],
    };

    private const string Workspace = "@workspace:";

    private static IEnumerable<TomlTable> Sources(LockSource lockfile) => lockfile.Toml().Tables("package").Select(package => package.Table("source")).OfType<TomlTable>();

    private static bool IsBerry(LockSource lockfile) => lockfile.Text().Contains("__metadata:", StringComparison.Ordinal);

    /// <summary>Of <c>workspaces</c>: a list, or the list <c>packages</c> of it (classic.yarnpkg.com, "Workspaces").</summary>
    private static List<string> Patterns(LockSource lockfile)
    {
        var asked = lockfile.Beside("package.json")?.Json().At("workspaces"u8) ?? default;
        return [.. asked.Texts().Concat(asked.ValueKind == JsonValueKind.Object ? asked.Texts("packages"u8) : [])];
    }

    private static bool Matches(string pattern, string folder) => IgnoreRules.Matches(Plain(pattern).Split('/'), 0, folder.Split('/'), 0);

    private static string Plain(string folder) => (folder.StartsWith("./", StringComparison.Ordinal) ? folder[2..] : folder).TrimEnd('/');
}
