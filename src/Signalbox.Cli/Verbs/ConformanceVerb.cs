using System.CommandLine;
using System.Security.Cryptography;
using Signalbox.Cli.Verifying;
using Signalbox.Diagnostics;
using Signalbox.Evidence.Verification;

namespace Signalbox.Cli.Verbs;

/// <summary>
/// The client protocol of github.com/sigstore/sigstore-conformance (docs/cli_protocol.md), so that its suite can be run
/// against this program: <c>--entrypoint "signalbox conformance"</c>.
/// </summary>
internal static class ConformanceVerb
{
    private static readonly Option<string> BundleFile = new("--bundle") { Description = "the bundle", HelpName = "FILE", Required = true };
    private static readonly Option<bool> Staging = new("--staging") { Description = "trust Sigstore's staging instance, whose root must be given with --trusted-root" };
    private static readonly Option<string?> Identity = new("--certificate-identity") { Description = "who must have signed, exact", HelpName = "NAME" };
    private static readonly Option<string?> Issuer = new("--certificate-oidc-issuer") { Description = "who must have vouched for that", HelpName = "URL" };
    private static readonly Option<string?> Key = new("--key") { Description = "a public key in PEM, instead of an identity", HelpName = "FILE" };
    private static readonly Argument<string> Artifact = new("FILE_OR_DIGEST") { Description = "the artifact, or sha256: and its digest" };

    public static Command Create() => Verb.Group("conformance", "Speak the client protocol of sigstore-conformance, so that its suite can judge this program.", VerifyBundle(), ConformanceSigning.Create());

    private static Verb VerifyBundle()
    {
        var verb = new Verb("verify-bundle", "Verify a bundle as the suite asks: exit 0 accepted, 1 refused. No network.",
            "signalbox conformance verify-bundle --bundle a.sigstore.json --certificate-identity dev@acme.example --certificate-oidc-issuer https://accounts.acme.example a.txt",
            "signalbox conformance verify-bundle --bundle a.sigstore.json --key acme.pub sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
        foreach (var option in new Option[] { Staging, BundleFile, Identity, Issuer, Key, VerifyOptions.TrustedRoot }) verb.Add(option);
        verb.Add(Artifact);
        return verb.Does(session => Task.FromResult(RunVerify(session)));
    }

    private static int RunVerify(Session session)
    {
        if (session.Get(Staging) && session.Get(VerifyOptions.TrustedRoot) is null)
            throw Usage("the root of Sigstore's staging instance is not part of this program; expected --trusted-root FILE");
        var policy = WithArtifact(new() { Signers = [SignerOf(session)], RequireLog = true }, session.Get(Artifact)!);
        var bundle = VerifyOptions.ReadFile(session.Get(BundleFile)!, "bundle");
        var result = BundleVerifier.Verify(bundle, VerifyOptions.TrustedRootOf(session), policy, DateTimeOffset.UtcNow);
        session.Out.WriteLine(VerificationReport.Of(result).ToJson());
        return result.Accepted ? ExitCode.Yes : ExitCode.No;
    }

    private static ExpectedSigner SignerOf(Session session) => (session.Get(Identity), session.Get(Issuer), session.Get(Key)) switch
    {
        ({ } name, { } issuer, null) => ExpectedSigner.Identity(name, issuer),
        (null, null, { } key) => ExpectedSigner.Holder(VerifyOptions.ReadKey(key)),
        _ => throw Usage("expected --certificate-identity with --certificate-oidc-issuer, or --key"),
    };

    /// <summary>A digest is meant where it has the form of one and there is no such file (the protocol's rule).</summary>
    private static VerificationPolicy WithArtifact(VerificationPolicy policy, string artifact)
    {
        if (!File.Exists(artifact) && artifact.StartsWith("sha256:", StringComparison.Ordinal) && ArtifactDigest.TryParse(artifact, out var digest))
            return policy with { Artifact = [digest!] };
        var bytes = VerifyOptions.ReadFile(artifact, "artifact");
        return policy with { ArtifactBytes = bytes, Artifact = [new("sha256", Convert.ToHexStringLower(SHA256.HashData(bytes)))] };
    }

    private static SignalboxException Usage(string message) =>
        new(ExitCode.Usage, Finding.Error("usage", message, new("command line"), "signalbox conformance verify-bundle --help"));
}
