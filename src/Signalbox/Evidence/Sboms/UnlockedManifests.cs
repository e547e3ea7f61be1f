using System.Text.Json;
using Signalbox.Evidence.Reports.Json;
using Signalbox.Evidence.Sboms.Lockfiles;

namespace Signalbox.Evidence.Sboms;

/// <summary>Manifests that ask for packages which no lockfile pins: what was installed for them nobody can say from files.</summary>
internal static class UnlockedManifests
{
    /// <param name="Locks">Any of these pins it: in the manifest's folder, or above where it names the manifest as a workspace's member.</param>
    /// <param name="Asks">Whether it asks for anything.</param>
    /// <param name="Help">What makes a lockfile, or the inventory itself.</param>
    private sealed record Manifest(Func<string, bool> Fits, string[] Locks, Func<LockSource, bool> Asks, string Help);

    private static readonly Manifest[] s_all =
    [
        new(name => name == "package.json", ["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml"], AsksNpm, "npm install --package-lock-only"),
        new(name => name == "pyproject.toml", ["poetry.lock", "uv.lock", "requirements.txt"], source => PythonNames.Asked(source.Toml()).Any(), "uv lock"),
        new(name => name == "Pipfile", ["Pipfile.lock"], source => source.Toml().Table("packages") is { IsEmpty: false }, "pipenv lock"),
        new(name => name == "Cargo.toml", ["Cargo.lock"], source => source.Toml().Table("dependencies") is { IsEmpty: false }, "cargo generate-lockfile"),
        new(name => name is "Gemfile" or "gems.rb", ["Gemfile.lock", "gems.locked"], source => source.Text().Contains("gem ", StringComparison.Ordinal), "bundle lock"),
        new(name => name == "composer.json", ["composer.lock"], source => source.Json().At("require"u8).Members().Any(needed => needed.Name.Contains('/', StringComparison.Ordinal)), "composer update --no-install"),
        new(name => name.EndsWith(".csproj", StringComparison.Ordinal) || name.EndsWith(".fsproj", StringComparison.Ordinal), ["packages.lock.json"], source => source.Text().Contains("<PackageReference", StringComparison.Ordinal), "dotnet restore --use-lock-file"),
        new(name => name is "build.gradle" or "build.gradle.kts", ["gradle.lockfile"], source => source.Text().Contains("dependencies", StringComparison.Ordinal), "gradle dependencies --write-locks"),
        // Maven has no lockfile of its own; parents and properties decide what is resolved
        new(name => name == "pom.xml", [], source => source.Text().Contains("<dependency>", StringComparison.Ordinal), "mvn org.cyclonedx:cyclonedx-maven-plugin:makeAggregateBom"),
    ];

    /// <param name="paths">All files of the project.</param>
    public static IEnumerable<LockGap> Find(IReadOnlyCollection<string> paths, Func<string, LockSource?> open)
    {
        var locks = new Locks(paths, open);
        foreach (var path in paths)
        {
            var name = path[(path.LastIndexOf('/') + 1)..];
            if (Array.Find(s_all, one => one.Fits(name)) is { } manifest && !locks.Pin(path, manifest) && Asks(manifest, open(path)))
                yield return new(path, manifest.Locks.Length == 0 ? "it asks for packages, and Maven pins them nowhere" : $"it asks for packages that no {manifest.Locks[0]} pins", manifest.Help);
        }
    }

    /// <summary>The project's lockfiles; each that is above a manifest is read once.</summary>
    private sealed class Locks(IReadOnlyCollection<string> paths, Func<string, LockSource?> open)
    {
        private readonly HashSet<string> _all = paths.ToHashSet(StringComparer.Ordinal);
        private readonly Dictionary<string, Func<string, LockSource, bool>> _members = new(StringComparer.Ordinal);

        public bool Pin(string path, Manifest manifest)
        {
            var own = path[..(path.LastIndexOf('/') + 1)];
            if (manifest.Locks.Any(name => _all.Contains(own + name))) return true;
            for (var above = own; above.Length > 0;)
            {
                above = above[..(above.TrimEnd('/').LastIndexOf('/') + 1)];
                if (manifest.Locks.Any(name => _all.Contains(above + name) && HasMember(above + name, own[above.Length..].TrimEnd('/'), path))) return true;
            }
            return false;
        }

        /// <summary>What cannot be read names nobody.</summary>
        private bool HasMember(string lockfile, string folder, string manifest)
        {
            try
            {
                if (!_members.TryGetValue(lockfile, out var isMember))
                {
                    _members[lockfile] = isMember = (_, _) => false;
                    if (open(lockfile) is { } source) _members[lockfile] = isMember = WorkspaceMembers.Of(source);
                }
                return open(manifest) is { } read && isMember(folder, read);
            }
            catch (Exception e) when (e is LockRefusedException or InvalidOperationException)
            {
                return false;
            }
        }
    }

    /// <summary>A manifest that cannot be read may ask for anything.</summary>
    private static bool Asks(Manifest manifest, LockSource? source)
    {
        try
        {
            return source is null || manifest.Asks(source);
        }
        catch (Exception e) when (e is LockRefusedException or InvalidOperationException)
        {
            return true;
        }
    }

    private static bool AsksNpm(LockSource source) => source.Json() is var manifest
        && new[] { manifest.At("dependencies"u8), manifest.At("optionalDependencies"u8) }.Any(asked => asked.ValueKind == JsonValueKind.Object && asked.EnumerateObject().Any());
}
