using Signalbox.Evidence.Sboms.Lockfiles;

namespace Signalbox.Evidence.Sboms;

/// <param name="Name">What the format is called in results.</param>
/// <param name="Fits">Whether a file is of this format, by its path.</param>
/// <exception cref="LockRefusedException">Thrown by <paramref name="Read"/>: the file is not of the format.</exception>
internal sealed record LockfileFormat(string Name, Func<string, bool> Fits, Action<LockSource, LockGraph> Read)
{
    public static LockfileFormat Called(string name, Action<LockSource, LockGraph> read, params string[] files) => new(name, path => files.Contains(path[(path.LastIndexOf('/') + 1)..]), read);
}

/// <summary>Every lockfile that is read.</summary>
internal static class LockfileFormats
{
    public static IReadOnlyList<LockfileFormat> All { get; } =
    [
        LockfileFormat.Called("npm", NpmLockReader.Read, "package-lock.json", "npm-shrinkwrap.json"),
        LockfileFormat.Called("yarn", YarnLockReader.Read, "yarn.lock"),
        LockfileFormat.Called("pnpm", PnpmLockReader.Read, "pnpm-lock.yaml"),
        LockfileFormat.Called("nuget", NuGetLockReader.Read, "packages.lock.json"),
        new("pip", RequirementsReader.Fits, RequirementsReader.Read),
        LockfileFormat.Called("poetry", PoetryLockReader.Read, "poetry.lock"),
        LockfileFormat.Called("uv", UvLockReader.Read, "uv.lock"),
        LockfileFormat.Called("pipenv", PipfileLockReader.Read, "Pipfile.lock"),
        LockfileFormat.Called("go", GoModuleReader.Read, "go.mod"),
        LockfileFormat.Called("cargo", CargoLockReader.Read, "Cargo.lock"),
        new("gradle", GradleLockReader.Fits, GradleLockReader.Read),
        LockfileFormat.Called("bundler", GemfileLockReader.Read, "Gemfile.lock", "gems.locked"),
        LockfileFormat.Called("composer", ComposerLockReader.Read, "composer.lock"),
    ];

    /// <returns>Null for a file that is no lockfile.</returns>
    public static LockfileFormat? Of(string path) => All.FirstOrDefault(format => format.Fits(path));
}
