using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Images;
using Signalbox.Evidence.Verification.Provenance;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>One valid bundle with what accepts it.</summary>
internal sealed record LocalSample(byte[] Bundle, TrustedRoot Root, VerificationPolicy Policy)
{
    public DateTimeOffset Now { get; init; } = LocalSigstore.Now;

    /// <summary>Whether it is a manifest with a cosign signature, which lies in a layout beside its image.</summary>
    public bool IsImage { get; init; }

    /// <summary>The same with its file changed.</summary>
    public LocalSample Change(Action<JsonObject> change)
    {
        var file = (JsonObject)JsonNode.Parse(Bundle)!;
        change(file);
        return this with { Bundle = LocalBundle.Write(file) };
    }

    /// <summary>The same, asked for something else.</summary>
    public LocalSample Ask(Func<VerificationPolicy, VerificationPolicy> change) => this with { Policy = change(Policy) };

    /// <summary>The same under the local instance's trusted root, changed.</summary>
    public LocalSample Under(Action<JsonObject> change)
    {
        var root = LocalSamples.Instance.TrustedRootJson();
        change(root);
        return this with { Root = TrustedRoot.Read(LocalBundle.Write(root)) };
    }

    public VerificationResult Verify() => IsImage ? LocalImages.Verify(Bundle, Root, Policy, Now) : BundleVerifier.Verify(Bundle, Root, Policy, Now);
}

/// <summary>A valid bundle of every kind.</summary>
internal static partial class LocalSamples
{
    public const string Generator = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows/";

    private static readonly byte[] s_artifact = Encoding.UTF8.GetBytes("hello\n");
    private static readonly LocalSigstore s_instance = new();
    private static readonly Lazy<TrustedRoot> s_root = new(s_instance.TrustedRoot);

    private static readonly Dictionary<string, Func<LocalSample>> s_samples = new(StringComparer.Ordinal)
    {
        ["message-0.1"] = () => Message(b => b with { Version = "0.1", WithProof = false }),
        ["message-0.2"] = () => Message(b => b with { Version = "0.2" }),
        ["message-0.3"] = () => Message(b => b),
        ["message-timestamp-and-promise"] = () => Message(b => b with { WithTimestamp = true }),
        ["message-timestamp-without-promise"] = () => Message(b => b with { WithTimestamp = true, WithPromise = false }),
        ["message-timestamp-with-certificate"] = () => Message(b => b with { WithTimestamp = true, WithPromise = false, WithTimestampCertificate = true }),
        ["message-rekor2"] = () => Message(b => b with { Entry = EntryKind.HashedRekord2, WithTimestamp = true }),
        ["statement-dsse"] = () => Statement(b => b with { Entry = EntryKind.Dsse }),
        ["statement-intoto-0.1"] = () => Statement(b => b with { Version = "0.1", Entry = EntryKind.InToto }),
        ["statement-rekor2-hashedrekord"] = () => Statement(b => b with { Entry = EntryKind.HashedRekord2, WithTimestamp = true }),
        ["statement-rekor2-dsse"] = () => Statement(b => b with { Entry = EntryKind.Dsse2, WithTimestamp = true }),
        ["key-p256"] = () => Keyed(LocalKey.P256(), EntryKind.HashedRekord),
        ["key-p256-rekor2"] = () => Keyed(LocalKey.P256(), EntryKind.HashedRekord2),
        ["key-p256-bare"] = () => Keyed(LocalKey.P256(), EntryKind.None),
        ["key-p384-bare"] = () => Keyed(LocalKey.P384(), EntryKind.None),
        ["key-p384-sha256-bare"] = () => Keyed(LocalKey.P384WithSha256(), EntryKind.None),
        ["key-p521-bare"] = () => Keyed(LocalKey.P521(), EntryKind.None),
        ["key-rsa-pkcs1-bare"] = () => Keyed(LocalKey.RsaPkcs1(), EntryKind.None),
        ["key-rsa-pss-bare"] = () => Keyed(LocalKey.RsaPss(), EntryKind.None),
        ["key-ed25519-bare"] = () => Keyed(LocalKey.Ed25519(), EntryKind.None),
        ["key-statement-bare"] = KeyedStatement,
        ["key-envelope-bare"] = EnvelopeAlone,
        ["image-keyless"] = () => Image(LocalImages.Keyless(s_instance, LocalImages.Document(LocalImages.Image)), Signer),
        ["key-image-bare"] = KeyedImage,
        ["github-attestation"] = () => Built(LocalSigstore.Workflow, LocalStatements.WorkflowProvenance(LocalSigstore.Workflow), SlsaOne, LocalSigstore.GitHubClaims(),
            new("github.com/acme/app") { BuilderId = LocalSigstore.Workflow, Branch = "main" }),
        ["generator-generic"] = () => Generic("generator_generic_slsa3.yml", "generic@v1"),
        ["generator-go"] = () => Generic("builder_go_slsa3.yml", "go@v1"),
        ["npm"] = () => Npm(LocalStatements.NpmProvenance(), "https://slsa.dev/provenance/v0.2", "https://github.com/actions/runner"),
        ["npm-hosted"] = () => Npm(LocalStatements.WorkflowProvenance("https://github.com/actions/runner/github-hosted", LocalStatements.NpmWorkflowType), SlsaOne, "https://github.com/actions/runner/github-hosted"),
    };

    public const string SlsaOne = "https://slsa.dev/provenance/v1";

    public static IReadOnlyCollection<string> All => s_samples.Keys;

    public static LocalSigstore Instance => s_instance;

    public static LocalSample Get(string name) => s_samples[name]();

    public static IReadOnlyList<ArtifactDigest> Digests => [new("sha256", Convert.ToHexStringLower(SHA256.HashData(s_artifact)))];

    private static (string, string, string) Subject => ("app", "sha256", Digests[0].Hex);

    /// <summary>Provenance of each shape that is read.</summary>
    public static IReadOnlyList<byte[]> Statements =>
    [
        LocalStatements.Statement(SlsaOne, LocalStatements.WorkflowProvenance(LocalSigstore.Workflow), Subject),
        LocalStatements.Statement("https://slsa.dev/provenance/v0.2", LocalStatements.NpmProvenance(), Subject),
        LocalStatements.Statement("https://slsa.dev/provenance/v0.2", LocalStatements.GeneratorProvenance($"{Generator}generator_generic_slsa3.yml@refs/tags/v2.1.0", "https://github.com/slsa-framework/slsa-github-generator/generic@v1"), Subject),
    ];

    private static ExpectedSigner Signer => ExpectedSigner.Identity(LocalSigstore.Workflow, LocalSigstore.GitHubIssuer);

    private static LocalBundle Signed(string name, (int, string)[] claims)
    {
        var key = LocalKey.P256();
        return new(s_instance, key) { Certificate = s_instance.Certify(key, name, claims) };
    }

    public static LocalSample Message(Func<LocalBundle, LocalBundle> with) => new(
        with(Signed(LocalSigstore.Workflow, LocalSigstore.GitHubClaims())).Message(s_artifact), s_root.Value, new() { Artifact = Digests, Signers = [Signer] });

    public static LocalSample Statement(Func<LocalBundle, LocalBundle> with) => new(
        with(Signed(LocalSigstore.Workflow, LocalSigstore.GitHubClaims())).Envelope(LocalStatements.Statement("https://example.com/a/v1", new(), ("app", "sha256", Digests[0].Hex))),
        s_root.Value, new() { Artifact = Digests, Signers = [Signer] });

    public static LocalSample Keyed(LocalKey key, EntryKind entry, bool withPromise = true) => new(
        new LocalBundle(s_instance, key) { Entry = entry, WithPromise = withPromise }.Message(s_artifact), s_root.Value,
        new()
        {
            Artifact = [.. Digests, new("sha384", Convert.ToHexStringLower(SHA384.HashData(s_artifact))), new("sha512", Convert.ToHexStringLower(SHA512.HashData(s_artifact)))],
            ArtifactBytes = key.Spki.Length == 44 ? s_artifact : null,
            Signers = [ExpectedSigner.Holder(TrustedKey.FromPem(key.Pem))],
        });

    private static LocalSample KeyedStatement()
    {
        var key = LocalKey.P256();
        var bundle = new LocalBundle(s_instance, key) { Entry = EntryKind.None }.Envelope(LocalStatements.Statement("https://example.com/a/v1", new(), ("app", "sha256", Digests[0].Hex)), keyId: "the local key");
        return new(bundle, s_root.Value, new() { Artifact = Digests, Signers = [ExpectedSigner.Holder(TrustedKey.FromPem(key.Pem))] });
    }

    /// <summary>The envelope of a bundle, without the bundle.</summary>
    private static LocalSample EnvelopeAlone()
    {
        var whole = KeyedStatement();
        return whole with { Bundle = LocalBundle.Write((JsonObject)JsonNode.Parse(whole.Bundle)!["dsseEnvelope"]!) };
    }

    private static LocalSample KeyedImage()
    {
        var key = LocalKey.P256();
        return Image(LocalImages.Keyed(key, LocalImages.Document(LocalImages.Image)), ExpectedSigner.Holder(TrustedKey.FromPem(key.Pem)));
    }

    private static LocalSample Image(ImageSignature signature, ExpectedSigner signer) => new(LocalImages.Manifest(signature), s_root.Value, LocalImages.Policy(LocalImages.Image, signer)) { IsImage = true };

    public static LocalSample Built(string signer, JsonObject provenance, string predicateType, (int, string)[] claims, ProvenancePolicy policy) => new(
        (Signed(signer, claims) with { Entry = EntryKind.Dsse }).Envelope(LocalStatements.Statement(predicateType, provenance, ("app", "sha256", Digests[0].Hex))),
        s_root.Value, new() { Artifact = Digests, Provenance = policy });

    private static LocalSample Generic(string workflow, string type)
    {
        var builder = $"{Generator}{workflow}@refs/tags/v2.1.0";
        return Built(builder, LocalStatements.GeneratorProvenance(builder, $"https://github.com/slsa-framework/slsa-github-generator/{type}"), "https://slsa.dev/provenance/v0.2",
            LocalSigstore.GitHubClaims(signer: builder, config: "https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.2.3", reference: "refs/tags/v1.2.3"),
            new("github.com/acme/app") { VersionedTag = "v1" });
    }

    public static LocalSample Npm(JsonObject provenance, string predicateType, string builder, string runner = "github-hosted", PackagePolicy? package = null, string signer = LocalSigstore.Workflow)
    {
        var sha512 = Convert.ToHexStringLower(SHA512.HashData(s_artifact));
        var subject = ("pkg:npm/%40acme/app@1.2.3", "sha512", sha512);
        var registry = LocalKey.P256();
        var built = (Signed(signer, LocalSigstore.GitHubClaims(signer: signer, runner: runner)) with { Version = "0.2", Entry = EntryKind.InToto }).Envelope(LocalStatements.Statement(predicateType, provenance, subject));
        const string Publish = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1";
        var published = new LocalBundle(s_instance, registry) { Version = "0.2", Entry = EntryKind.InToto, KeyHint = "SHA256:local" }.Envelope(
            LocalStatements.Statement(Publish, new() { ["name"] = "@acme/app", ["version"] = "1.2.3", ["registry"] = "https://registry.local" }, subject), keyId: "SHA256:local");
        var list = new JsonObject
        {
            ["attestations"] = new JsonArray(
                new JsonObject { ["predicateType"] = Publish, ["bundle"] = JsonNode.Parse(published) },
                new JsonObject { ["predicateType"] = predicateType, ["bundle"] = JsonNode.Parse(built) }),
        };
        var keys = RegistryKeys.Read(Encoding.UTF8.GetBytes(RegistryKeysJson(registry).ToJsonString()));
        return new(LocalBundle.Write(list), s_root.Value, new()
        {
            Artifact = [.. Digests, new("sha512", sha512)],
            Provenance = new("github.com/acme/app") { BuilderId = builder, Package = package ?? new("@acme/app", "1.2.3", keys) },
        });
    }

    public static JsonObject RegistryKeysJson(LocalKey registry) => new()
    {
        ["keys"] = new JsonArray(new JsonObject
        {
            ["keyId"] = "SHA256:local",
            ["keyUsage"] = "npm:attestations",
            ["publicKey"] = new JsonObject
            {
                ["rawBytes"] = Convert.ToBase64String(registry.Spki),
                ["keyDetails"] = "PKIX_ECDSA_P256_SHA_256",
                ["validFor"] = new JsonObject { ["start"] = "2020-01-01T00:00:00.000Z" },
            },
        }),
    };
}
