using System.Security.Cryptography;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>
/// The verify cases of github.com/sigstore/sigstore-conformance, each with the artifact's bytes and with its digest. The
/// suite has no licence file and is no part of this repository: SIGSTORE_CONFORMANCE names a clone of it.
/// </summary>
public sealed class ConformanceSuiteTests
{
    private const string Identity = "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
    private const string Issuer = "https://token.actions.githubusercontent.com";

    [Fact]
    public void EveryVerifyCase_IsAnsweredAsItsNameSays()
    {
        var suite = Environment.GetEnvironmentVariable("SIGSTORE_CONFORMANCE");
        Assert.SkipWhen(string.IsNullOrEmpty(suite), "SIGSTORE_CONFORMANCE does not name a clone of sigstore-conformance");
        var cases = Directory.GetDirectories(Path.Combine(suite!, "test", "assets", "bundle-verify"));
        var wrong = new List<string>();
        var (accepts, refusals) = (0, 0);
        foreach (var directory in cases)
            foreach (var byDigest in new[] { false, true })
            {
                var result = Verify(directory, byDigest);
                var expected = !directory.EndsWith("_fail", StringComparison.Ordinal);
                if (result.Accepted != expected) wrong.Add($"{Path.GetFileName(directory)} by {(byDigest ? "digest" : "file")}: {result.Reason ?? "accepted"}");
                else if (expected) accepts++;
                else refusals++;
            }
        TestContext.Current.SendDiagnosticMessage("{0} accepted and {1} refused rightly", accepts, refusals);
        Assert.True(wrong.Count == 0, $"{accepts} accepted and {refusals} refused rightly, {wrong.Count} wrong:\n{string.Join('\n', wrong)}");
        Assert.True(accepts >= 42 && refusals >= 98, $"{accepts} accepts and {refusals} refusals; the suite has 42 and 98 at least");
    }

    private static VerificationResult Verify(string directory, bool byDigest)
    {
        try
        {
            string? Own(string name) => Path.Combine(directory, name) is var path && File.Exists(path) ? path : null;
            var artifact = File.ReadAllBytes(Own("artifact") ?? Path.Combine(directory, "..", "a.txt"));
            var signer = Own("key.pub") is { } key
                ? ExpectedSigner.Holder(TrustedKey.FromPem(File.ReadAllText(key)))
                : ExpectedSigner.Identity(Own("identity") is { } name ? File.ReadAllText(name).Trim() : Identity, Own("issuer") is { } issuer ? File.ReadAllText(issuer).Trim() : Issuer);
            var policy = new VerificationPolicy
            {
                Signers = [signer],
                RequireLog = true,
                ArtifactBytes = byDigest ? null : artifact,
                Artifact = [new("sha256", Convert.ToHexStringLower(SHA256.HashData(artifact)))],
            };
            var root = Own("trusted_root.json") is { } own ? TrustedRoot.Read(File.ReadAllBytes(own)) : TrustedRoot.PublicGood();
            return BundleVerifier.Verify(File.ReadAllBytes(Path.Combine(directory, "bundle.sigstore.json")), root, policy, DateTimeOffset.UtcNow);
        }
        catch (FormatException malformed)
        {
            // a root or key that cannot be read: the program ends with 3, which the suite takes for a refusal
            return new(false, VerificationError.BadBundle, malformed.Message, [], new());
        }
    }
}
