using Signalbox.Evidence.Reports;
using Signalbox.Evidence.Verification;

namespace Signalbox.Evidence.Sboms;

/// <summary>What the lockfiles of a project pin, as one graph without duplicates, in the order of the package URLs.</summary>
/// <param name="Direct">Package URLs of what the project itself asks for, in order.</param>
/// <param name="Lockfiles">What was read, in the order of the paths.</param>
/// <param name="Gaps">What the inventory cannot say. Empty: all that the project's manifests ask for is pinned and was read.</param>
internal sealed record Inventory(
    IReadOnlyList<LockedComponent> Components, IReadOnlyList<string> Direct, IReadOnlyList<Lockfile> Lockfiles, IReadOnlyList<LockGap> Gaps)
{
    public bool IsComplete => Gaps.Count == 0;
}

/// <summary>What a component is needed for, by CycloneDX's words; the strongest first.</summary>
internal enum ComponentScope
{
    Required,

    /// <summary>The project works without it, or it is for some platforms.</summary>
    Optional,

    /// <summary>For development and tests: not part of what runs.</summary>
    Excluded,
}

/// <param name="Hashes">Of the files that the lock allows for this version; one of them is what was installed.</param>
/// <param name="Licences">SPDX identifiers, expressions or names, where the lock states them.</param>
/// <param name="Checksum">The lock's own checksum where it is none of a file that anybody could recompute, as it stands there; else null.</param>
/// <param name="DependsOn">Package URLs, in order; null where the lockfile does not say.</param>
internal sealed record LockedComponent(
    PackageUrl Purl, ComponentScope Scope, IReadOnlyList<ComponentHash> Hashes, IReadOnlyList<string> Licences, string? Checksum, IReadOnlyList<string>? DependsOn)
{
    /// <summary>The package URL as text, which is unique in the inventory.</summary>
    public string Reference { get; } = Purl.ToString();
}

/// <param name="Algorithm">As CycloneDX names it: MD5, SHA-1, SHA-256, SHA-384 or SHA-512.</param>
/// <param name="Hex">Lower case, of the algorithm's length.</param>
internal sealed record ComponentHash(string Algorithm, string Hex);

/// <param name="Path">Relative, with forward slashes.</param>
/// <param name="Format">Such as npm or cargo.</param>
internal sealed record Lockfile(string Path, string Format, ArtifactDigest Digest, int Components);

/// <summary>Something that the inventory cannot say, and what would mend it.</summary>
/// <param name="Message">Lower case, no full stop: what was seen and what was expected.</param>
/// <param name="Help">A line to paste; null for a file that cannot be read, which is to be looked at.</param>
internal sealed record LockGap(string Path, string Message, string? Help = null);

/// <summary>How much of a hostile file is read before it is refused.</summary>
/// <param name="MaxBytes">Of one lockfile.</param>
/// <param name="MaxComponents">Of one lockfile.</param>
/// <param name="MaxEdges">Dependencies among them.</param>
/// <param name="MaxTextLength">UTF-16 units of a name, a version, a key or an address.</param>
/// <param name="MaxDepth">Of values within each other.</param>
/// <param name="MaxFiles">Lockfiles of one project.</param>
internal sealed record LockLimits(
    int MaxBytes = 64 << 20, int MaxComponents = 200_000, int MaxEdges = 2_000_000, int MaxTextLength = 1024, int MaxDepth = 128, int MaxFiles = 2000)
{
    public static LockLimits Default { get; } = new();
}

/// <summary>A lockfile cannot be read: the inventory has a gap.</summary>
internal sealed class LockRefusedException(string reason) : Exception(reason);
