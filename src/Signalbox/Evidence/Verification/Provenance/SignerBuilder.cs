using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;

namespace Signalbox.Evidence.Verification.Provenance;

/// <summary>The workflow that signed, and whether it may: GitHub's identity provider names it in the certificate.</summary>
internal static class SignerBuilder
{
    public const string GitHubIssuer = "https://token.actions.githubusercontent.com";

    /// <exception cref="Refusal">It is not a workflow, not one that is trusted, or not at a release.</exception>
    public static BuilderId Verify(SigningIdentity identity, string? expectedBuilder)
    {
        var signer = Read(identity);
        if (expectedBuilder is null)
        {
            if (!BuildTypes.IsGenerator(signer.Name)) throw Untrusted($"{JsonFields.Shown(signer.Name)} is not a builder of slsa-github-generator, and no other was named");
        }
        else if (!BuildTypes.IsDelegator(signer.Name))
        {
            CheckExpected(signer, BuilderId.Parse(expectedBuilder));
        }
        // whoever names the exact reference of a builder of their own has chosen it; the generator's are trusted at releases alone
        if (BuildTypes.IsGenerator(signer.Name) || expectedBuilder != signer.ToString()) BuilderRelease.CheckSigner(signer, identity.SourceRepository);
        return signer;
    }

    public static BuilderId Read(SigningIdentity identity)
    {
        if (identity.Issuer != GitHubIssuer)
            throw new Refusal(VerificationError.InvalidOIDCIssuer, $"the signer was vouched for by '{JsonFields.Shown(identity.Issuer)}'; expected {GitHubIssuer}");
        var signer = BuilderId.Parse(identity.Name);
        return signer is { Version: not null } && signer.Name.StartsWith("https://github.com/", StringComparison.Ordinal)
            ? signer
            : throw new Refusal(VerificationError.MalformedURI, $"the signer '{JsonFields.Shown(identity.Name)}' is not a workflow at a reference");
    }

    private static void CheckExpected(BuilderId signer, BuilderId expected)
    {
        if (signer.Name != expected.Name) throw Untrusted($"the signer is {JsonFields.Shown(signer.Name)}; expected {JsonFields.Shown(expected.Name)}");
        if (!signer.IsAt(expected.Version))
            throw new Refusal(VerificationError.MismatchBuilderID, $"the builder ran at {JsonFields.Shown(signer.Version!)}; expected {JsonFields.Shown(expected.Version!)}");
    }

    private static Refusal Untrusted(string message) => new(VerificationError.UntrustedReusableWorkflow, message);
}
