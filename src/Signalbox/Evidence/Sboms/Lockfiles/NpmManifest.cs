using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Sboms.Lockfiles;

/// <param name="Range">As the manifest writes it.</param>
internal sealed record NpmAsked(string Name, string Range, ComponentScope Scope);

/// <summary>What a package.json, or a part of a lockfile with the same keys, asks for.</summary>
internal static class NpmManifest
{
    /// <summary>Of the package.json beside a lockfile; null where there is none that can be read.</summary>
    public static IReadOnlyList<NpmAsked>? Beside(LockSource lockfile)
    {
        try
        {
            return lockfile.Beside("package.json") is { } manifest ? [.. Asked(manifest.Json(), isProject: true)] : null;
        }
        catch (Exception e) when (e is LockRefusedException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <param name="isProject">Whether what it needs for development counts: of a dependency it does not.</param>
    public static IEnumerable<NpmAsked> Asked(JsonElement manifest, bool isProject)
    {
        foreach (var one in Of(manifest.At("dependencies"u8), ComponentScope.Required)) yield return one;
        foreach (var one in Of(manifest.At("optionalDependencies"u8), ComponentScope.Optional)) yield return one;
        if (isProject)
            foreach (var one in Of(manifest.At("devDependencies"u8), ComponentScope.Excluded)) yield return one;
    }

    public static IEnumerable<NpmAsked> Of(JsonElement dependencies, ComponentScope scope) =>
        dependencies.Members().Select(member => new NpmAsked(member.Name, member.Value.Text() ?? "", scope));
}
