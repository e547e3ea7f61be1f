using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Provenance;

/// <summary>
/// A builder is trusted at a release: a branch moves, and what stands on it may not be reviewed yet. The one exception is
/// slsa-verifier's: the generator's own two test repositories are built with the generator's main branch and previews.
/// </summary>
internal static class BuilderRelease
{
    private const string Main = "refs/heads/main";
    private const string TestRepository = "https://github.com/slsa-framework/example-package";

    /// <summary>For the workflow that signed.</summary>
    public static void CheckSigner(BuilderId signer, string? sourceRepository)
    {
        var ownTest = BuildTypes.IsGenerator(signer.Name) && sourceRepository is TestRepository or BuildTypes.Generator;
        if (signer.IsRelease || (ownTest && (signer.Version == Main || IsPreview(signer)))) return;
        throw NotRelease(signer);
    }

    /// <summary>For a builder that a delegator signed for; JReleaser's releases carry the language behind the version.</summary>
    public static void CheckDelegated(BuilderId builder, string? sourceRepository)
    {
        if (builder.Version is null) throw new Refusal(VerificationError.InvalidBuilderID, $"the builder {JsonFields.Shown(builder.Name)} has no version");
        var isJReleaser = builder.Name.StartsWith("https://github.com/jreleaser/release-action", StringComparison.Ordinal);
        if (isJReleaser ? Version(builder) is { IsFull: true, PreRelease: "java", Build: null } : builder.IsRelease) return;
        if (sourceRepository == TestRepository && builder.Version == Main) return;
        throw NotRelease(builder);
    }

    /// <summary>Whether a builder's name is one of slsa-github-generator's own at a release: what it is known for nobody needs to say.</summary>
    public static bool IsKnown(string builder) =>
        builder.Split('@') is [var name, var version] && name.StartsWith(BuildTypes.Workflows, StringComparison.Ordinal) && new BuilderId(name, version).IsRelease;

    private static bool IsPreview(BuilderId builder) => Version(builder) is { IsFull: true, Build: null };

    private static SemanticVersion? Version(BuilderId builder) => SemanticVersion.TryParse(GitRef.Tag(builder.Version) ?? "");

    private static Refusal NotRelease(BuilderId builder) =>
        new(VerificationError.InvalidRef, $"the builder ran at '{JsonFields.Shown(builder.Version ?? "")}', which is not a release such as refs/tags/v1.2.3");
}
