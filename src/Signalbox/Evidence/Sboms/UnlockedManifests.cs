using System.Text.Json;
using Signalbox.Delivery;
using Signalbox.Evidence.Reports.Json;
using Signalbox.Evidence.Sboms.Lockfiles;

namespace Signalbox.Evidence.Sboms;

/// <summary>Manifests that ask for packages which no lockfile pins: what was installed for them nobody can say from files.</summary>
internal static class UnlockedManifests
{
    /// <param name="Locks">Any of these in the manifest's folder pins it.</param>
    /// <param name="Asks">Whether it asks for anything.</param>
    /// <param name="Help">What makes a lockfile, or the inventory itself.</param>
    private sealed record Manifest(Func<string, bool> Fits, string[] Locks, Func<LockSource, bool> Asks, string Help)
    {
        /// <summary>Whether a lockfile of a folder above is for it, too. Null: none is.</summary>
        public Func<Above, bool>? Covers { get; init; }
    }

    /// <param name="Text">Of the lockfile.</param>
    /// <param name="Folder">The manifest's, from the lockfile's on.</param>
    private sealed record Above(LockSource Lock, string Text, string Folder, LockSource Manifest);

    private static readonly Manifest[] s_all =
    [
        new(name => name == "package.json", ["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml"], AsksNpm, "npm install --package-lock-only") { Covers = IsWorkspace },
        new(name => name == "pyproject.toml", ["poetry.lock", "uv.lock", "requirements.txt"], source => PythonNames.Asked(source.Toml()).Any(), "uv lock") { Covers = above => above.Text.Contains($"\"{above.Folder}\"", StringComparison.Ordinal) },
        new(name => name == "Pipfile", ["Pipfile.lock"], source => source.Toml().Table("packages") is { IsEmpty: false }, "pipenv lock"),
        new(name => name == "Cargo.toml", ["Cargo.lock"], source => source.Toml().Table("dependencies") is { IsEmpty: false }, "cargo generate-lockfile") { Covers = IsMember },
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
        var all = paths.ToHashSet(StringComparer.Ordinal);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            var name = path[(path.LastIndexOf('/') + 1)..];
            if (Array.Find(s_all, one => one.Fits(name)) is { } manifest && open(path) is var source && Asks(manifest, source) && !IsLocked(path, source, manifest, all, open, texts))
                yield return new(path, manifest.Locks.Length == 0 ? "it asks for packages, and Maven pins them nowhere" : $"it asks for packages that no {manifest.Locks[0]} pins", manifest.Help);
        }
    }

    /// <summary>A lockfile above is for a manifest only where it says so, else a project within a project would be passed over in silence.</summary>
    private static bool IsLocked(string path, LockSource? source, Manifest manifest, HashSet<string> all, Func<string, LockSource?> open, Dictionary<string, string> texts)
    {
        var own = path[..(path.LastIndexOf('/') + 1)];
        if (manifest.Locks.Any(name => all.Contains(own + name))) return true;
        if (manifest.Covers is not { } covers || source is null) return false;
        for (var folder = own; folder.Length > 0;)
        {
            folder = folder[..(folder.TrimEnd('/').LastIndexOf('/') + 1)];
            foreach (var name in manifest.Locks.Where(name => all.Contains(folder + name)))
                // one that cannot be read is a gap of its own
                if (open(folder + name) is not { } lockfile || Try(() => covers(new(lockfile, TextOf(lockfile, texts), own[folder.Length..].TrimEnd('/'), source)))) return true;
        }
        return false;
    }

    private static string TextOf(LockSource lockfile, Dictionary<string, string> texts) =>
        texts.TryGetValue(lockfile.Path, out var known) ? known : texts[lockfile.Path] = lockfile.Text();

    /// <summary>npm and pnpm name the folder by itself, Yarn 2 and later as <c>workspace:</c>; Yarn 1 and the first npm leave it to the manifest above.</summary>
    private static bool IsWorkspace(Above above)
    {
        if (above.Text.Contains($"\"{above.Folder}\"", StringComparison.Ordinal) || above.Text.Contains($"workspace:{above.Folder}\"", StringComparison.Ordinal)
            || above.Text.Contains($"\n  {above.Folder}:", StringComparison.Ordinal)) return true;
        if (above.Lock.Beside("package.json") is not { } top) return false;
        var workspaces = top.Json().At("workspaces"u8);
        var patterns = workspaces.ValueKind == JsonValueKind.Array ? workspaces.Texts() : workspaces.Texts("packages"u8);
        return patterns.Any(pattern => PathGlob.TryParse(pattern, out var glob) && glob.Matches(above.Folder));
    }

    /// <summary>Cargo's lockfile has the members of its workspace by their names.</summary>
    private static bool IsMember(Above above) =>
        above.Manifest.Toml().Table("package")?.Text("name") is { } name && above.Text.Contains($"name = \"{name}\"", StringComparison.Ordinal);

    /// <summary>A manifest that cannot be read may ask for anything; a lockfile that cannot be read has been named as such.</summary>
    private static bool Asks(Manifest manifest, LockSource? source) => source is null || Try(() => manifest.Asks(source));

    private static bool Try(Func<bool> asked)
    {
        try
        {
            return asked();
        }
        catch (Exception e) when (e is LockRefusedException or InvalidOperationException)
        {
            return true;
        }
    }

    private static bool AsksNpm(LockSource source) => source.Json() is var manifest
        && new[] { manifest.At("dependencies"u8), manifest.At("optionalDependencies"u8) }.Any(asked => asked.ValueKind == JsonValueKind.Object && asked.EnumerateObject().Any());
}
