using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Tests.Evidence.Verification.Local;

/// <summary>A whole Sigstore instance in memory: certificate authority and log, Rekor 1 and 2, timestamp authority, and their trusted root.</summary>
internal sealed class LocalSigstore
{
    public const string GitHubIssuer = "https://token.actions.githubusercontent.com";
    public const string Workflow = "https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main";

    public static DateTimeOffset SignedAt { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static DateTimeOffset Now { get; } = SignedAt.AddDays(30);

    private static readonly DateTimeOffset s_from = SignedAt.AddYears(-1);
    private static readonly DateTimeOffset s_to = SignedAt.AddYears(5);

    public LocalCertificate Root { get; } = LocalCertificate.Root("local root", LocalKey.P384(), s_from, s_to);

    public LocalCertificate Intermediate { get; }

    public LocalCertificateLog CertificateLog { get; } = new(LocalKey.P256());

    public LocalLog Rekor { get; } = new("rekor.local", LocalKey.P256(), isVersion2: false);

    public LocalLog Rekor2 { get; } = new("log2026.rekor.local", LocalKey.Ed25519(), isVersion2: true);

    public LocalTimestampAuthority Timestamps { get; } = new(s_from, s_to);

    public LocalSigstore() => Intermediate = LocalCertificate.Authority(
        "local intermediate", LocalKey.P384(), Root, s_from, s_to, LocalCertificate.Usage("1.3.6.1.5.5.7.3.3"));

    public TrustedRoot TrustedRoot() => Signalbox.Evidence.Verification.Trust.TrustedRoot.Read(Encoding.UTF8.GetBytes(TrustedRootJson().ToJsonString()));

    public JsonObject TrustedRootJson() => new()
    {
        ["mediaType"] = "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        ["tlogs"] = new JsonArray(Log("https://rekor.local", Rekor.Key, Rekor.Id, "PKIX_ECDSA_P256_SHA_256"), Log("https://log2026.rekor.local", Rekor2.Key, Rekor2.Id, "PKIX_ED25519")),
        ["ctlogs"] = new JsonArray(Log("https://ct.local", CertificateLog.Key, CertificateLog.Key.Id, "PKIX_ECDSA_P256_SHA_256")),
        ["certificateAuthorities"] = new JsonArray(Authority("https://fulcio.local", Intermediate.Der, Root.Der)),
        ["timestampAuthorities"] = new JsonArray(Authority("https://tsa.local", Timestamps.Signer.Der, Timestamps.Root.Der)),
    };

    private static JsonObject Log(string url, LocalKey key, byte[] id, string details) => new()
    {
        ["baseUrl"] = url,
        ["hashAlgorithm"] = "SHA2_256",
        ["publicKey"] = new JsonObject { ["rawBytes"] = Convert.ToBase64String(key.Spki), ["keyDetails"] = details, ["validFor"] = ValidFor() },
        ["logId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(id) },
    };

    private static JsonObject Authority(string url, params byte[][] chain) => new()
    {
        ["uri"] = url,
        ["certChain"] = new JsonObject { ["certificates"] = new JsonArray([.. chain.Select(der => (JsonNode)Raw(der))]) },
        ["validFor"] = ValidFor(),
    };

    private static JsonObject ValidFor() => new() { ["start"] = s_from.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) };

    public static JsonObject Raw(byte[] der) => new() { ["rawBytes"] = Convert.ToBase64String(der) };

    /// <summary>A certificate as Fulcio makes one: ten minutes, the identity and its claims, promised to be logged.</summary>
    public LocalCertificate Certify(LocalKey key, string name, params (int Number, string Value)[] claims) => LocalCertificate.Leaf(
        "", key, Intermediate, SignedAt.AddMinutes(-1), SignedAt.AddMinutes(9),
        [LocalCertificate.Usage("1.3.6.1.5.5.7.3.3"), LocalCertificate.AlternativeName(name), .. claims.Select(claim => LocalCertificate.Claim(claim.Number, claim.Value))],
        CertificateLog);

    /// <summary>The claims of a build of GitHub Actions.</summary>
    public static (int, string)[] GitHubClaims(string signer = Workflow, string config = Workflow, string repository = "acme/app", string reference = "refs/heads/main", string runner = "github-hosted") =>
    [
        (1, GitHubIssuer), (2, "push"), (3, Commit), (5, repository), (6, reference), (8, GitHubIssuer), (9, signer), (10, Commit), (11, runner),
        (12, "https://github.com/" + repository), (13, Commit), (14, reference), (15, "4711"), (17, "42"), (18, config), (19, Commit), (20, "push"),
        (21, $"https://github.com/{repository}/actions/runs/99/attempts/1"),
    ];

    public const string Commit = "4d329c75e7ec1725f7c9ce917a8799d408d06be3";
}
