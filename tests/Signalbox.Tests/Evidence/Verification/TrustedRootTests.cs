using System.Text.Json.Nodes;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>Whom a <c>trusted_root.json</c> trusts, from when to when; what bounds trust refuses the whole file where it is wrong.</summary>
public sealed class TrustedRootTests
{
    private static TrustedRoot Read(Action<JsonObject>? change = null)
    {
        var json = LocalSamples.Instance.TrustedRootJson();
        change?.Invoke(json);
        return TrustedRoot.Read(LocalBundle.Write(json));
    }

    private static JsonNode Log(JsonObject root) => root["tlogs"]![0]!;

    private static JsonNode Authority(JsonObject root) => root["certificateAuthorities"]![0]!;

    private static readonly Dictionary<string, Action<JsonObject>> s_changes = new(StringComparer.Ordinal)
    {
        ["the trusted root's media type is 'x'; expected a Sigstore trusted root 0.1 or 0.2"] = root => root["mediaType"] = "x",
        ["the trusted root's media type is ''; expected a Sigstore trusted root 0.1 or 0.2"] = root => root.Remove("mediaType"),
        ["the trusted root.tlogs[0].logId has fewer than four bytes"] = root => Log(root)["logId"]!["keyId"] = "AAAA",
        ["the trusted root.tlogs[0].logId is missing or empty"] = root => Log(root).AsObject().Remove("logId"),
        ["the trusted root.tlogs[0].publicKey is missing or empty"] = root => Log(root).AsObject().Remove("publicKey"),
        ["the trusted root.tlogs[0].publicKey.keyDetails is missing or empty"] = root => Log(root)["publicKey"]!.AsObject().Remove("keyDetails"),
        ["the trusted root.tlogs[0].publicKey.rawBytes is missing or empty"] = root => Log(root)["publicKey"]!["rawBytes"] = "",
        ["the trusted root.tlogs[0].publicKey.validFor is missing or empty"] = root => Log(root)["publicKey"]!.AsObject().Remove("validFor"),
        ["the trusted root.tlogs[0].publicKey.validFor.start is missing or empty"] = root => Log(root)["publicKey"]!["validFor"] = new JsonObject { ["end"] = "2027-01-01T00:00:00Z" },
        ["the trusted root.tlogs[0].publicKey.validFor ends before it starts"] = root => Log(root)["publicKey"]!["validFor"] = new JsonObject { ["start"] = "2026-01-01T00:00:00Z", ["end"] = "2025-12-31T23:59:59Z" },
        ["the trusted root.tlogs[0].publicKey.validFor.start is '2026-01-01T00:00:00'; expected a time such as 2025-01-31T12:00:00Z"] = root => Log(root)["publicKey"]!["validFor"]!["start"] = "2026-01-01T00:00:00",
        ["the trusted root.tlogs[0].publicKey.validFor.end is 'yesterdayZ'; expected a time such as 2025-01-31T12:00:00Z"] = root => Log(root)["publicKey"]!["validFor"]!["end"] = "yesterdayZ",
        ["the trusted root.tlogs[0].checkpointKeyId.keyId is missing or empty"] = root => Log(root)["checkpointKeyId"] = new JsonObject(),
        ["the trusted root.ctlogs[0].logId has fewer than four bytes"] = root => root["ctlogs"]![0]!["logId"]!["keyId"] = "AAAA",
        ["a public key is malformed"] = root => Log(root)["publicKey"]!["rawBytes"] = "AAAA",
        ["the trusted root.certificateAuthorities[0].certChain is missing or empty"] = root => Authority(root).AsObject().Remove("certChain"),
        ["the trusted root.certificateAuthorities[0].certChain.certificates is missing or empty"] = root => Authority(root)["certChain"]!["certificates"] = new JsonArray(),
        ["the trusted root.certificateAuthorities[0].validFor is missing or empty"] = root => Authority(root).AsObject().Remove("validFor"),
        ["a certificate is not well-formed DER"] = root => Authority(root)["certChain"]!["certificates"]![0]!["rawBytes"] = "AAAA",
        ["the trusted root.timestampAuthorities[0].validFor ends before it starts"] = root => root["timestampAuthorities"]![0]!["validFor"]!["end"] = "2001-01-01T00:00:00Z",
    };

    public static TheoryData<string> Reasons => [.. s_changes.Keys];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Root_WithOneThingWrong_IsRefusedForThat(string reason) => Assert.Equal(reason, Assert.Throws<FormatException>(() => Read(s_changes[reason])).Message);

    [Fact]
    public void Root_AsItStands_TrustsEach()
    {
        var root = Read();
        Assert.Equal(["rekor.local", "log2026.rekor.local"], root.Logs.Select(log => log.Name));
        Assert.Equal(["ct.local"], root.CertificateLogs.Select(log => log.Name));
        Assert.Equal(["fulcio.local"], root.Authorities.Select(authority => authority.Name));
        Assert.Equal(["tsa.local"], root.TimestampAuthorities.Select(authority => authority.Name));
        Assert.Equal(["local intermediate", "local root"], root.Authorities[0].Chain.Select(certificate => certificate.SubjectName));
        Assert.Equal(new TimeWindow(LocalSigstore.SignedAt.AddYears(-1), null), root.Logs[0].Window);
        Assert.Equal(LocalSamples.Instance.Rekor.Id, root.Logs[0].Id);
        Assert.Equal(LocalSamples.Instance.Rekor.Id[..4], root.Logs[0].CheckpointHint);
    }

    /// <summary>A newer root may have more, and trust nobody of a kind.</summary>
    [Theory]
    [InlineData("application/vnd.dev.sigstore.trustedroot+json;version=0.1")]
    [InlineData("application/vnd.dev.sigstore.trustedroot.v0.1+json")]
    [InlineData("application/vnd.dev.sigstore.trustedroot.v0.2+json")]
    public void Root_OfEachVersion_IsRead_WithFieldsThatAreNotKnown(string mediaType)
    {
        var root = TrustedRoot.Read(LocalBundle.Write(new() { ["mediaType"] = mediaType, ["more"] = 1 }));
        Assert.Equal((0, 0, 0, 0), (root.Logs.Count, root.CertificateLogs.Count, root.Authorities.Count, root.TimestampAuthorities.Count));
    }

    [Fact]
    public void CheckpointKeyId_IsThatOfTheLog_OrItsOwn()
    {
        var own = Read(root => Log(root)["checkpointKeyId"] = new JsonObject { ["keyId"] = Convert.ToBase64String([1, 2, 3, 4]) }).Logs[0];
        Assert.Equal([1, 2, 3, 4], own.CheckpointHint);
        Assert.Equal(LocalSamples.Instance.Rekor.Id, own.Id);
        Assert.Equal([1, 2, 3, 4], Read(root => Log(root)["logId"]!["keyId"] = Convert.ToBase64String([1, 2, 3, 4, 5])).Logs[0].CheckpointHint);
    }

    [Theory]
    [InlineData("https://rekor.local", "rekor.local")]
    [InlineData("https://rekor.local/", "rekor.local")]
    [InlineData("rekor.local", "rekor.local")]
    [InlineData("https://rekor.local/a/b/", "rekor.local/a/b")]
    [InlineData("://rekor.local", "rekor.local")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void Log_IsNamedByItsAddress(string? address, string name) => Assert.Equal(name, Read(root => Log(root)["baseUrl"] = address).Logs[0].Name);

    [Fact]
    public void Authority_WithoutAddress_IsNamedByItsCertificate() => Assert.Equal("local intermediate", Read(root => Authority(root).AsObject().Remove("uri")).Authorities[0].Name);

    private static readonly Dictionary<string, Func<LocalKey>> s_keys = new(StringComparer.Ordinal)
    {
        ["p256"] = LocalKey.P256,
        ["p384"] = LocalKey.P384,
        ["p384 with SHA-256"] = LocalKey.P384WithSha256,
        ["p521"] = LocalKey.P521,
        ["ed25519"] = LocalKey.Ed25519,
        ["pkcs1"] = LocalKey.RsaPkcs1,
        ["pss"] = LocalKey.RsaPss,
    };

    [Theory]
    [InlineData("PKIX_ECDSA_P256_SHA_256", "p256", true)]
    [InlineData("PKIX_ECDSA_P384_SHA_256", "p384 with SHA-256", true)]
    [InlineData("PKIX_ECDSA_P384_SHA_384", "p384", true)]
    [InlineData("PKIX_ECDSA_P384_SHA_256", "p384", false)]
    [InlineData("PKIX_ECDSA_P521_SHA_512", "p521", true)]
    [InlineData("PKIX_ECDSA_P521_SHA_256", "p521", false)]
    [InlineData("PKIX_ED25519", "ed25519", true)]
    [InlineData("PKIX_ED25519_PH", "ed25519", false)]
    [InlineData("PKIX_RSA_PKCS1V5", "pkcs1", true)]
    [InlineData("PKIX_RSA_PKCS1V15_2048_SHA256", "pkcs1", true)]
    [InlineData("PKIX_RSA_PKCS1V15_3072_SHA256", "pss", false)]
    [InlineData("PKIX_RSA_PKCS1V15_4096_SHA256", "pkcs1", true)]
    [InlineData("PKIX_RSA_PSS", "pss", true)]
    [InlineData("PKIX_RSA_PSS_2048_SHA256", "pss", true)]
    [InlineData("PKIX_RSA_PSS_3072_SHA256", "pkcs1", false)]
    [InlineData("PKIX_RSA_PSS_4096_SHA256", "pss", true)]
    [InlineData("PKCS1_RSA_PKCS1V5", "pkcs1", true)]
    [InlineData("PKCS1_RSA_PSS", "pss", true)]
    [InlineData("PKIX_SOMETHING_NEW", "p256", false)]
    public void Log_VerifiesAsItsKeyDetailsSay(string details, string kind, bool holds)
    {
        var key = s_keys[kind]();
        // an RSAPublicKey alone is what the SubjectPublicKeyInfo's bits hold
        var raw = details.StartsWith("PKCS1_", StringComparison.Ordinal) ? DerTree.Read(key.Spki)[1].Value[1..] : key.Spki;
        var log = Read(root => (Log(root)["publicKey"]!["rawBytes"], Log(root)["publicKey"]!["keyDetails"]) = (Convert.ToBase64String(raw), details)).Logs[0];
        Assert.Equal(holds, log.Verify(new byte[] { 1 }, key.Sign([1])));
        Assert.False(log.Verify(new byte[] { 2 }, key.Sign([1])));
        Assert.Equal(details is "PKIX_ED25519_PH" or "PKIX_SOMETHING_NEW", log.Key is null);
    }

    [Fact]
    public void Window_IncludesItsFirstAndItsLastMoment()
    {
        var (from, to) = (LocalSigstore.SignedAt, LocalSigstore.Now);
        var window = new TimeWindow(from, to);
        Assert.Equal((false, true, true, false), (window.Includes(from.AddTicks(-1)), window.Includes(from), window.Includes(to), window.Includes(to.AddTicks(1))));
        Assert.True(new TimeWindow(from, null).Includes(DateTimeOffset.MaxValue));
        Assert.False(new TimeWindow(from, null).Includes(from.AddTicks(-1)));
        Assert.Equal(new TimeWindow(from, from), Read(root => Log(root)["publicKey"]!["validFor"] = new JsonObject { ["start"] = "2026-03-01T12:00:00Z", ["end"] = "2026-03-01T12:00:00Z" }).Logs[0].Window);
    }

    [Fact]
    public void PublicGood_TrustsLogsAndAuthorities()
    {
        var root = TrustedRoot.PublicGood();
        Assert.All(root.Logs.Concat(root.CertificateLogs), log => Assert.NotNull(log.Key));
        Assert.Contains(root.Logs, log => log.Name == "rekor.sigstore.dev");
        Assert.Contains(root.Authorities, authority => authority.Name == "fulcio.sigstore.dev");
        Assert.NotEmpty(root.TimestampAuthorities);
        Assert.Same(root, TrustedRoot.PublicGood());
    }
}
