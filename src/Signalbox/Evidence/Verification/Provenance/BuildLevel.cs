using Signalbox.Evidence.Verification.Certificates;

namespace Signalbox.Evidence.Verification.Provenance;

/// <summary>
/// The SLSA build level (slsa.dev/spec/v1.0/levels) that a proven builder reaches. Nothing in a document proves a
/// level; it follows from who signed: 1, provenance from a machine of the project's own; 2, signed by a hosted
/// platform; 3, signed by a workflow that the build's own steps cannot reach into.
/// </summary>
internal static class BuildLevel
{
    public static int Of(SlsaProvenance provenance, SigningIdentity identity)
    {
        // the generators hold to GitHub's machines themselves, and older certificates do not say where a build ran
        if (identity.RunnerEnvironment is null && BuildTypes.IsGenerator(SignerBuilder.Read(identity).Name)) return 3;
        if (identity.RunnerEnvironment != "github-hosted") return 1;
        if (BuildTypes.IsGenerator(SignerBuilder.Read(identity).Name)) return 3;
        // a reusable workflow's steps run apart from its caller's; older certificates do not say both
        var isolated = provenance.Type.Shape == BuildShape.Workflow && identity is { SignerUri: { } signer, BuildConfigUri: { } config } && signer != config;
        return isolated && provenance.Type.Uri.StartsWith("https://actions.github.io/", StringComparison.Ordinal) ? 3 : 2;
    }
}
