namespace Signalbox.Evidence.Verification.Provenance;

/// <summary>What SLSA provenance must say. Only builds of GitHub Actions are understood.</summary>
/// <param name="Source">The repository, as <c>github.com/OWNER/REPO</c> (a leading <c>https://</c> or <c>git+https://</c> is taken too).</param>
public sealed record ProvenancePolicy(string Source)
{
    /// <summary>The branch's name; a build of a tag is refused.</summary>
    public string? Branch { get; init; }

    /// <summary>The tag's name, exact; a build of a branch is refused.</summary>
    public string? Tag { get; init; }

    /// <summary>A semantic version of which any part may be left out: v14 is matched by v14.2.</summary>
    public string? VersionedTag { get; init; }

    /// <summary>
    /// The builder's id, with or without <c>@v1.2.3</c> or <c>@refs/tags/v1.2.3</c>. Null means any reusable workflow
    /// of slsa-framework/slsa-github-generator.
    /// </summary>
    public string? BuilderId { get; init; }

    /// <summary>Values that parameters from outside (workflow inputs) must have; others may have any.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string>();

    /// <summary>The lowest SLSA build level that is enough; 0 where it does not matter.</summary>
    public int MinimumLevel { get; init; }

    /// <summary>For a list of npm attestations: the package, and the keys the registry signs with.</summary>
    public PackagePolicy? Package { get; init; }
}

/// <param name="Name">With its scope: <c>@scope/name</c>; null where it does not matter.</param>
public sealed record PackagePolicy(string? Name, string? Version, RegistryKeys Keys);

/// <summary>What proven provenance says of a build.</summary>
/// <param name="Builder">The builder's id with its version.</param>
/// <param name="Source">The repository, as <c>git+https://github.com/OWNER/REPO</c>.</param>
/// <param name="Ref">The full git reference that was built, <c>refs/heads/…</c> or <c>refs/tags/…</c>; null where it is not said.</param>
/// <param name="Commit">SHA-1 of the commit in hex, from the certificate.</param>
/// <param name="Level">The SLSA build level that the builder reaches (slsa.dev/spec/v1.0/levels).</param>
public sealed record BuildFacts(string Builder, string BuildType, string Source, string? Ref, string? Commit, int Level);
