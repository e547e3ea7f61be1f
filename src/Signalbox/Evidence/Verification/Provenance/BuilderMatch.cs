using Signalbox.Evidence.Verification.Bundles;

namespace Signalbox.Evidence.Verification.Provenance;

/// <summary>Whether the builder that the provenance names is the one that signed, or that a trusted delegator signed for.</summary>
internal static class BuilderMatch
{
    /// <returns>The builder with its version.</returns>
    public static BuilderId Verify(SlsaProvenance provenance, BuilderId signer, string? expectedBuilder)
    {
        var named = BuilderId.Parse(provenance.Builder);
        if (!BuildTypes.IsDelegator(signer.Name))
            return named.Matches(signer) ? named : throw Mismatch(named, signer);
        BuilderRelease.CheckDelegated(named, provenance.Source.Repository["git+".Length..]);
        if (expectedBuilder is not null)
            return BuilderId.Parse(expectedBuilder) is var expected && named.Matches(expected) ? named : throw Mismatch(named, expected);
        return named.Name.StartsWith(BuildTypes.Workflows, StringComparison.Ordinal)
            ? named
            : throw new Refusal(VerificationError.InvalidBuilderID, $"{JsonFields.Shown(named.Name)} is not a builder of slsa-github-generator, and no other was named");
    }

    private static Refusal Mismatch(BuilderId seen, BuilderId expected) =>
        new(VerificationError.MismatchBuilderID, $"the provenance is of the builder {JsonFields.Shown(seen.ToString())}; expected {JsonFields.Shown(expected.ToString())}");
}
