using System.CommandLine;
using Signalbox.Cli.Verifying;
using Signalbox.Evidence.Verification;

namespace Signalbox.Cli.Verbs;

/// <summary>Verifies signed evidence without any network and without a control plane.</summary>
internal static class VerifyVerb
{
    private static readonly Option<string> BundleFile = new("--bundle") { Description = "a Sigstore bundle, or the npm registry's list of attestations", HelpName = "FILE", Required = true };

    public static Command Create() => Verb.Group("verify", "Prove who signed an artifact and how it was built.", Bundle());

    private static Verb Bundle()
    {
        var verb = new Verb("bundle", "Hold one bundle against what is expected, for programs: one line of JSON, exit 0 accepted, 1 refused. No network.",
            "signalbox verify bundle --bundle app.sigstore.json --artifact-digest sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03 --source github.com/acme/app",
            "signalbox verify bundle --bundle app.sigstore.json --artifact-digest sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03 --source github.com/acme/app --versioned-tag v1 --level 3");
        verb.Add(BundleFile);
        foreach (var option in new Option[]
        {
            VerifyOptions.ArtifactDigest, VerifyOptions.TrustedRoot, VerifyOptions.Source, VerifyOptions.Branch, VerifyOptions.Tag, VerifyOptions.VersionedTag,
            VerifyOptions.BuilderId, VerifyOptions.Level, VerifyOptions.RegistryKeys, VerifyOptions.PackageName, VerifyOptions.PackageVersion,
        }) verb.Add(option);
        return verb.Does(session => Task.FromResult(RunBundle(session)));
    }

    private static int RunBundle(Session session)
    {
        var policy = new VerificationPolicy { Artifact = VerifyOptions.DigestsOf(session), Provenance = VerifyOptions.ProvenanceOf(session) };
        var bundle = VerifyOptions.ReadFile(session.Get(BundleFile)!, "bundle");
        var result = BundleVerifier.Verify(bundle, VerifyOptions.TrustedRootOf(session), policy, DateTimeOffset.UtcNow);
        session.Out.WriteLine(VerificationReport.Of(result).ToJson());
        return result.Accepted ? ExitCode.Yes : ExitCode.No;
    }
}
