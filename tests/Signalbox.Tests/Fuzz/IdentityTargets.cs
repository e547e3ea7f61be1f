using System.Text;
using Signalbox.Diagnostics;
using Signalbox.Evidence.Registries;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Images;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Gates.Proofs;
using Signalbox.Identities;
using Signalbox.Tests.Evidence.Verification;
using Signalbox.Tests.Gates;
using Signalbox.Tests.Identities;

namespace Signalbox.Tests.Fuzz;

/// <summary>The readers of pipelines' tokens, of what registries answer, and of releases' proofs.</summary>
internal static class IdentityTargets
{
    private static readonly ImageReference s_image = ImageReference.TryParse("r.example/app:1", out var image) ? image! : throw new InvalidOperationException();
    private static readonly DateTimeOffset s_now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly LocalIssuer s_issuer = new();
    private static readonly Lazy<JsonWebKeySet> s_keys = new(() => JsonWebKeySet.Read(Encoding.UTF8.GetBytes(s_issuer.Keys())));

    private const string Identities = "apiVersion: signalbox-identities/v1\naudience: https://signalbox.acme.example\nissuers:\n  - { name: github, provider: github, issuer: https://token.actions.githubusercontent.com }\nrules:\n  - principal: ci:shop\n    issuer: github\n    claims: { repository_id: \"123456\", ref: \"refs/heads/*\" }\n    scopes: [deployer]\n    validFor: 15m\n";

    private static readonly string s_manifest = $$$"""{"schemaVersion":2,"mediaType":"{{{RegistryManifest.Manifest}}}","config":{"mediaType":"x","digest":"sha256:{{{new string('a', 64)}}}","size":2},"layers":[{"mediaType":"y","digest":"sha256:{{{new string('b', 64)}}}","size":3,"annotations":{"a":"b"}}],"subject":{"mediaType":"z","digest":"sha256:{{{new string('c', 64)}}}","size":4}}""";

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("pipeline-token", () => [.. new[] { "RS256", "ES256" }.Select(algorithm => Token(Encoding.ASCII.GetBytes(s_issuer.Token(LocalIssuer.Claims(s_now), algorithm))))]),
        FuzzTarget.Of("key-set", bytes => VerificationTargets.Formatted(() => JsonWebKeySet.Read(bytes)), () => [Encoding.UTF8.GetBytes(s_issuer.Keys())]),
        FuzzTarget.Of("identity-rules", Rules, () => [Encoding.UTF8.GetBytes(Identities)]),
        FuzzTarget.Of("registry-manifest", bytes => VerificationTargets.Guarded(() => RegistryManifest.Read(bytes, RegistryManifest.Manifest)), () => [Encoding.UTF8.GetBytes(s_manifest)]),
        FuzzTarget.Of("registry-challenge", bytes => RegistryChallenge.Of([Encoding.Latin1.GetString(bytes)])?.Scheme ?? "none", () => ["Bearer realm=\"https://auth.example/token\",service=\"r.example\",scope=\"repository:a:pull\""u8.ToArray(), "Basic realm=x, charset=\"UTF-8\""u8.ToArray()]),
        FuzzTarget.Of("registry-login", bytes => VerificationTargets.Formatted(() => RegistryLogin.Read(bytes, "r.example")), () => ["""{"auths":{"r.example":{"auth":"YWxpY2U6c2VjcmV0"},"https://r.example/v2/":{"username":"a","password":"b"}}}"""u8.ToArray()]),
        FuzzTarget.Of("registry-token", RegistryAnswer, () => ["""{"token":"abc.def","access_token":"abc.def","expires_in":300}"""u8.ToArray(), """{"access_token":"x"}"""u8.ToArray()]),
        FuzzTarget.Of("image-reference", bytes => ImageReference.TryParse(Encoding.UTF8.GetString(bytes), out var image) ? Same(image!) : "none", () => [Encoding.UTF8.GetBytes($"r.example:5000/team/app:1.4@sha256:{new string('a', 64)}"), "app"u8.ToArray()]),
        new("image-signature", () => [.. new[] { "image-keyless", "key-image-bare" }.Select(name => Image(LocalSamples.Get(name)))]),
        FuzzTarget.Of("signed-file", bytes => $"{SignedFiles.KindOf(bytes)}", () => [LocalSamples.Get("message-0.3").Bundle, LocalSamples.Get("key-envelope-bare").Bundle, [0xd2, 0x84, 1]]),
        new("release-proof", () => [Proof()]),
    ];

    /// <summary>Every character is under the signature, or is the signature's.</summary>
    private static FuzzSeed Token(byte[] valid) => new(valid, bytes =>
    {
        try
        {
            PipelineToken.Verify(Encoding.UTF8.GetString(bytes), s_keys.Value, LocalIssuer.Address, LocalIssuer.Audience, s_now);
            return bytes.AsSpan().SequenceEqual(valid) ? "taken" : throw new FuzzFaultException("a changed token was taken");
        }
        catch (TokenRefusedException e)
        {
            return e.Message;
        }
    });

    /// <summary>What comes out goes into a header: it must not be able to end one.</summary>
    private static string RegistryAnswer(byte[] bytes)
    {
        try
        {
            var token = RegistryToken.Read(bytes, s_image);
            return token.Any(char.IsControl) || token.Contains(' ', StringComparison.Ordinal) ? throw new FuzzFaultException($"'{token}' is taken for a token") : "read";
        }
        catch (RegistryException e)
        {
            return e.Message;
        }
    }

    private static string Rules(byte[] bytes)
    {
        var read = IdentityRulesReader.Read(bytes, "identities.yaml");
        if (read.Rules is null != read.Findings.Any(finding => finding.Severity == Severity.Error)) throw new FuzzFaultException("rules with errors, or none without");
        if (read.Rules is { } rules && rules.Rules.Any(rule => rule.Claims.Count == 0 || !rule.Principal.StartsWith("ci:", StringComparison.Ordinal))) throw new FuzzFaultException("a rule that lets everybody in, or as anybody");
        return read.Findings is [var finding, ..] ? finding.Message : "read";
    }

    private static string Same(ImageReference image) =>
        ImageReference.TryParse(image.ToString(), out var again) && again == image ? "read" : throw new FuzzFaultException($"{image} reads as another image");

    /// <summary>As a registry's signature is kept: the layer with its annotations in one file.</summary>
    private static FuzzSeed Image(LocalSample sample)
    {
        var evidence = LocalImages.Signature(sample.Bundle)!;
        var file = RegistryEvidenceFile.Of(new(EvidencePlace.Tag, "t", ImageSignature.MediaType, evidence.Content, evidence.Annotations));
        VerificationResult Verify(byte[] bytes) => SignedFiles.VerifyImage(bytes, sample.Root, sample.Policy, sample.Now);
        var signer = Verify(file) is { Accepted: true, Facts: var facts } ? (facts.Signer, facts.KeyDigest) : throw new FuzzFaultException("a valid image signature was refused");
        return new(file, bytes =>
        {
            var result = Verify(bytes);
            return result.Accepted && (result.Facts.Signer, result.Facts.KeyDigest) != signer ? throw new FuzzFaultException("a changed image signature was accepted") : VerificationTargets.Foreseen(result);
        });
    }

    private static FuzzSeed Proof()
    {
        var (file, policy) = LocalProof.SampleAsync().GetAwaiter().GetResult();
        return new(file, bytes =>
        {
            var result = ReleaseProofVerifier.Verify(bytes, TrustedRoot.Empty, policy, s_now.AddYears(1));
            return result.Accepted && result.Facts.Subjects.Count == 0 ? throw new FuzzFaultException("a proof of nothing was accepted") : VerificationTargets.Foreseen(result);
        });
    }
}
