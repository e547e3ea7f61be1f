using System.Security.Cryptography;
using System.Text.Json;

namespace Signalbox.Cli.Tests;

/// <summary>
/// The example application behind a strict policy: whatever is wrong with a release it is denied with the right reason
/// and a line to paste, and the good one goes out. Real processes, real signatures.
/// </summary>
public sealed class GateTests
{
    private const string Policy = """
        apiVersion: signalbox-policy/v1
        gates:
          signature: { keys: ["KEY"] }
          provenance: { keys: ["KEY"], levels: ["2 https://ci.example.com/*"], sources: [github.com/acme/shop] }
          sbom: enforce
          secrets: enforce
          health: enforce
          coverage: enforce
          tests: enforce
          vulnerabilities: enforce
          freshness: enforce
        """;

    [Fact]
    public async Task EachBadRelease_IsDeniedWithItsReason_AndTheGoodOneGoesOut()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        var key = await KeyAsync(shop, "acme");
        await KeyAsync(shop, "mallory");
        shop.Write("policy.yaml", Policy.Replace("KEY", key, StringComparison.Ordinal));
        Assert.Contains("production has the policy sha256:", (await shop.RunAsync("policy", "set", "production", "-f", shop.Join("policy.yaml"))).Expect(0).Out);
        shop.Release("v2");
        var release = await shop.JsonAsync("release", "create", shop.App);
        Assert.Equal("shop-2", release.GetProperty("id").GetString());
        var digest = release.GetProperty("artifacts").GetProperty("web").GetString()!;

        // unsigned
        var denied = await DeniedAsync(shop, 1, "gate-signature-missing", "gate-provenance-missing", "gate-sbom-missing", "gate-coverage-missing", "gate-tests-missing", "gate-vulnerabilities-missing");
        Assert.Contains($"web (sha256:{digest[7..19]}…) is not signed; expected a signature of {digest}", denied.Error);
        Assert.Contains("--> policy of production:3:3", denied.Error);
        Assert.Contains("= help: signalbox evidence add coverage cobertura.xml --release shop-2", denied.Error);
        Assert.Contains("= hand to: security", denied.Error);

        // everything else is good
        shop.Write("results/coverage.info", "SF:a.js\nDA:1,1\nDA:2,1\nDA:3,1\nDA:4,1\nDA:5,0\nLF:5\nLH:4\nend_of_record\n");
        shop.Write("results/junit.xml", "<testsuites><testsuite name=\"s\" tests=\"1\"><testcase name=\"a\" classname=\"c\"/></testsuite></testsuites>");
        shop.Write("results/sbom.cdx.json", Sbom(digest));
        shop.Write("results/trivy.json", Trivy(DateTimeOffset.UtcNow));
        (await shop.RunAsync("evidence", "add", shop.Join("results"), "--release", "shop-2")).Expect(0);
        await AttestAsync(shop, digest, "provenance", "https://slsa.dev/provenance/v1", Provenance("https://github.com/acme/shop"), "acme");
        await DeniedAsync(shop, 1, "gate-signature-missing");

        // wrongly signed
        await AttestAsync(shop, digest, "signature", "https://sigstore.dev/cosign/sign/v1", "{}", "mallory");
        denied = await DeniedAsync(shop, 1, "gate-signature-not-trusted");
        Assert.Contains("none of those that count", denied.Error);

        // tampered
        var bundle = await File.ReadAllTextAsync(await BundleAsync(shop, digest, "https://sigstore.dev/cosign/sign/v1", "{}", "acme"));
        using (var parsed = JsonDocument.Parse(bundle))
        {
            var signature = parsed.RootElement.GetProperty("dsseEnvelope").GetProperty("signatures")[0].GetProperty("sig").GetString()!;
            shop.Write("tampered.json", bundle.Replace(signature, signature[..20] + (signature[20] == 'A' ? 'B' : 'A') + signature[21..], StringComparison.Ordinal));
        }
        Assert.Contains("does not hold", (await shop.RunAsync("evidence", "add", "signature", shop.Join("tampered.json"), "--key", shop.Join("acme.key.pub"), "--release", "shop-2")).Expect(1).Out);
        await DeniedAsync(shop, 1, "gate-signature-not-trusted", "gate-signature-invalid");

        // signed by the one who counts
        await AttestAsync(shop, digest, "signature", "https://sigstore.dev/cosign/sign/v1", "{}", "acme");
        Assert.Contains("allowed", (await shop.RunAsync("gates", "check", "shop-2", "--env", "production")).Expect(0).Out);

        // vulnerable
        await AddAsync(shop, "trivy.json", Trivy(DateTimeOffset.UtcNow, "CVE-2026-1"));
        denied = await DeniedAsync(shop, 1, "gate-vulnerability");
        Assert.Contains("CVE-2026-1 is critical in left-pad 1.0.0 of web", denied.Error);
        Assert.Contains("1.0.1 mends it", denied.Error);

        // stale
        await AddAsync(shop, "trivy.json", Trivy(DateTimeOffset.UtcNow.AddDays(-3)));
        denied = await DeniedAsync(shop, 1, "gate-evidence-stale");
        Assert.Contains("is 3 days old; expected at most 24 h", denied.Error);
        await AddAsync(shop, "trivy.json", Trivy(DateTimeOffset.UtcNow));

        // under-covered
        await AddAsync(shop, "coverage.info", "SF:a.js\nDA:1,1\nDA:2,0\nLF:2\nLH:1\nend_of_record\n");
        denied = await DeniedAsync(shop, 1, "gate-coverage-low");
        Assert.Contains("tests reach 50 % of the lines of web", denied.Error);
        Assert.Equal("v1", await shop.VersionAsync());
        await AddAsync(shop, "coverage.info", "SF:a.js\nDA:1,1\nDA:2,1\nLF:2\nLH:2\nend_of_record\n");

        // good
        Assert.Contains("Succeeded", (await shop.RunAsync("deploy", "--release", "shop-2")).Expect(0).Out);
        Assert.Equal("v2", await shop.VersionAsync());
        Assert.Contains("shop-2 into production: allowed", (await shop.RunAsync("gates", "explain", "shop-2")).Expect(0).Out);
        Assert.Contains("the gates say the same: allowed", (await shop.RunAsync("gates", "replay", "shop-2")).Expect(0).Out);
        foreach (var decision in (await shop.JsonAsync("history", "--limit", "200")).EnumerateArray().Where(entry => entry.GetProperty("type").GetString() == "gate.decided/1"))
            (await shop.RunAsync("gates", "replay", decision.GetProperty("sequence").GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture))).Expect(0);
        var shown = (await shop.RunAsync("release", "show", "shop-2")).Expect(0).Out;
        Assert.Matches(@"yes +images signed", shown);
        Assert.Matches(@"yes +images scanned, zero critical", shown);
        Assert.Matches(@"no +fully automated +submitted by local:", shown);
        (await shop.RunAsync("ledger", "verify")).Expect(0);
    }

    [Fact]
    public async Task Approval_IsSomebodyElses_AndSoIsAWeakerPolicy()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        var bob = await TokenAsync(shop, "bob", "approver");
        shop.Write("policy.yaml", "apiVersion: signalbox-policy/v1\ngates: { approval: enforce, coverage: { mode: warn, atLeast: 90% } }\n");
        (await shop.RunAsync("policy", "set", "production", "-f", shop.Join("policy.yaml"))).Expect(0);
        shop.Release("v2");
        var refused = (await shop.RunAsync("deploy", shop.App)).Expect(1);
        Assert.Contains("error[gate-approval-missing]", refused.Error);
        Assert.Contains("= help: signalbox approve shop-2 --env production", refused.Error);

        (await shop.RunAsync("approve", "shop-2", "--env", "production")).Expect(0);
        await DeniedAsync(shop, 1, "gate-approval-missing");
        Assert.Contains("scope-missing", (await shop.RunAsAsync(bob, "deploy", "--release", "shop-2")).Expect(3).Error);
        Assert.Contains("bob approves shop-2 for production", (await shop.RunAsAsync(bob, "approve", "shop-2", "--env", "production", "--comment", "read it")).Expect(0).Out);
        (await shop.RunAsync("deploy", "--release", "shop-2")).Expect(0);
        Assert.Equal("v2", await shop.VersionAsync());

        shop.Write("weaker.yaml", "apiVersion: signalbox-policy/v1\ngates: { approval: off }\n");
        Assert.Contains("weaker   approval: enforce -> off", (await shop.RunAsync("policy", "diff", "production", "-f", shop.Join("weaker.yaml"))).Expect(1).Out);
        var proposed = await SetAsync(shop, "weaker.yaml");
        // who is to approve it sees what it says, and what it changes
        var shown = (await shop.RunAsAsync(bob, "policy", "show", "production")).Expect(0).Out;
        Assert.Contains($"# {proposed}, proposed by", shown);
        Assert.Contains("#   weaker   approval: enforce -> off", shown);
        Assert.Contains("#   | gates: { approval: off }", shown);
        Assert.EndsWith("gates: { approval: enforce, coverage: { mode: warn, atLeast: 90% } }\n", shown);
        Assert.Contains("expected somebody else", (await shop.RunAsync("policy", "approve", "production", proposed)).Expect(1).Error);
        (await shop.RunAsAsync(bob, "policy", "approve", "production", proposed)).Expect(0);
        Assert.Contains("approval: off", (await shop.RunAsync("policy", "show", "production")).Expect(0).Out);
    }

    [Fact]
    public async Task Freeze_HoldsUntilSomebodyElseLetsItThrough_AndAPolicysCommandDecides()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        var bob = await TokenAsync(shop, "bob", "approver");
        var (before, after) = (DateTime.UtcNow.AddHours(-2).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture), DateTime.UtcNow.AddHours(2).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture));
        shop.Write("policy.yaml", $"apiVersion: signalbox-policy/v1\nfreeze: [{{ name: now, from: '{before}', to: '{after}', zone: UTC }}]\ncustom: [{{ name: ticket, command: [sh, -c, 'test \"$SIGNALBOX_RELEASE\" = shop-3 && test -z \"$SIGNALBOX_STATE\"'] }}]\n");
        (await shop.RunAsync("policy", "set", "shop/production", "-f", shop.Join("policy.yaml"))).Expect(0);
        shop.Release("v2");
        var refused = (await shop.RunAsync("deploy", shop.App)).Expect(1);
        Assert.Contains("error[gate-frozen]", refused.Error);
        Assert.Contains("error[gate-command-denied]", refused.Error);

        shop.Release("v3");
        Assert.Contains("error[gate-frozen]", (await shop.RunAsync("deploy", shop.App)).Expect(1).Error);
        (await shop.RunAsync("approve", "shop-3", "--env", "production", "--override", "freeze", "--comment", "an outage")).Expect(0);
        await DeniedAsync(shop, 1, "shop-3", ["gate-frozen"]);
        (await shop.RunAsAsync(bob, "approve", "shop-3", "--env", "production", "--override", "freeze", "--comment", "an outage")).Expect(0);
        (await shop.RunAsync("deploy", "--release", "shop-3")).Expect(0);
        Assert.Equal("v3", await shop.VersionAsync());
        Assert.Contains("an outage", (await shop.RunAsync("gates", "explain", "shop-3")).Expect(0).Out);
        (await shop.RunAsync("rollback", "--reason", "a freeze stops no way back")).Expect(0);
        Assert.Equal("v1", await shop.VersionAsync());
    }

    /// <summary>What changed from one release to the next, by what was handed in about each.</summary>
    [Fact]
    public async Task SbomsOfTwoReleases_AreCompared()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        (await shop.RunAsync("evidence", "diff", "shop-1", "shop-1")).Expect(1);
        shop.Release("v2");
        (await shop.RunAsync("release", "create", shop.App)).Expect(0);
        foreach (var (release, version) in new[] { ("shop-1", "1.0"), ("shop-2", "1.1") })
        {
            shop.Write("sbom.cdx.json", $$"""{ "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": [{ "type": "library", "name": "a", "version": "{{version}}" }] }""");
            (await shop.RunAsync("evidence", "add", shop.Join("sbom.cdx.json"), "--release", release)).Expect(0);
        }
        Assert.Contains("~ a 1.0 -> 1.1", (await shop.RunAsync("evidence", "diff", "shop-1", "shop-2")).Expect(0).Out);
        Assert.Contains("error[evidence-two-subjects]", (await shop.RunAsync("evidence", "list", "--release", "shop-1", "--subject", "sha256:aa")).Expect(2).Error);
    }

    /// <summary>The usual layout of a repository with modules: each has its own junit.xml, and the failed tests of the first are not gone.</summary>
    [Fact]
    public async Task ReportsOfTwoModules_AreTwo()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        shop.Write("policy.yaml", "apiVersion: signalbox-policy/v1\ngates: { tests: enforce }\n");
        (await shop.RunAsync("policy", "set", "production", "-f", shop.Join("policy.yaml"))).Expect(0);
        shop.Release("v2");
        await shop.JsonAsync("release", "create", shop.App);
        shop.Write("api/junit.xml", "<testsuites><testsuite name=\"api\" tests=\"1\" failures=\"1\"><testcase name=\"a\" classname=\"c\"><failure/></testcase></testsuite></testsuites>");
        shop.Write("web/junit.xml", "<testsuites><testsuite name=\"web\" tests=\"1\"><testcase name=\"b\" classname=\"c\"/></testsuite></testsuites>");
        // the same file twice
        Assert.Contains("error[evidence-same-name]", (await shop.RunAsync("evidence", "add", shop.Join("api"), shop.Join("api/junit.xml"), "--release", "shop-2")).Expect(2).Error);
        Assert.Equal(0, (await shop.JsonAsync("evidence", "list", "--release", "shop-2")).GetArrayLength());
        // one command after the other, each with its module's folder
        (await shop.RunAsync("evidence", "add", shop.Join("api"), "--release", "shop-2")).Expect(0);
        (await shop.RunAsync("evidence", "add", shop.Join("web"), "--release", "shop-2")).Expect(0);
        Assert.Contains("1 of 1 tests of web", (await shop.RunAsync("gates", "check", "shop-2", "--env", "production")).Expect(1).Out);
        Assert.Equal(["api/junit.xml", "web/junit.xml"], (await shop.JsonAsync("evidence", "list", "--release", "shop-2")).EnumerateArray().Select(one => one.GetProperty("where").GetString()).Order(StringComparer.Ordinal));
        // made anew it has its own name, wherever one stands, and takes the earlier one's place
        shop.Write("signalbox.yaml", "apiVersion: signalbox/v1\n");
        shop.Write("api/junit.xml", "<testsuites><testsuite name=\"api\" tests=\"1\"><testcase name=\"a\" classname=\"c\"/></testsuite></testsuites>");
        (await shop.PasteAsync("api", "signalbox evidence add junit.xml --release shop-2")).Expect(0);
        (await shop.RunAsync("gates", "check", "shop-2", "--env", "production")).Expect(0);
    }

    [Fact]
    public async Task Undecided_StopsARelease_WithExitCodeThree()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        shop.Write("policy.yaml", "apiVersion: signalbox-policy/v1\ncustom: [{ name: broken, command: [sh, -c, 'exit 7'] }]\n");
        (await shop.RunAsync("policy", "set", "production", "-f", shop.Join("policy.yaml"))).Expect(0);
        shop.Release("v2");
        Assert.Contains("error[gate-command-undecided]", (await shop.RunAsync("deploy", shop.App)).Expect(3).Error);
        Assert.Equal("v1", await shop.VersionAsync());
        shop.Write("bad.yaml", "apiVersion: signalbox-policy/v1\ngates: { coverage: { atLeast: 800% }, signatur: enforce }\n");
        var bad = (await shop.RunAsync("policy", "set", "production", "-f", shop.Join("bad.yaml"))).Expect(1).Error;
        Assert.Contains("error[policy-invalid-value]", bad);
        Assert.Contains("did you mean 'signature'?", bad);
        shop.Write("results/good.info", "SF:a.js\nDA:1,1\nLF:1\nLH:1\nend_of_record\n");
        shop.Write("results/bad.json", "{");
        (await shop.RunAsync("evidence", "add", shop.Join("results"), "--release", "shop-2")).Expect(1);
        Assert.Equal(0, (await shop.JsonAsync("evidence", "list", "--release", "shop-2")).GetArrayLength());
    }

    private static Task<Ended> DeniedAsync(Shop shop, int code, params string[] ids) => DeniedAsync(shop, code, "shop-2", ids);

    /// <summary>The denial has these reasons and no other.</summary>
    private static async Task<Ended> DeniedAsync(Shop shop, int code, string release, string[] ids)
    {
        var json = (await shop.RunAsync("deploy", "--release", release, "--format", "json")).Expect(code);
        using var parsed = JsonDocument.Parse(json.Out);
        Assert.Equal(ids.Order(), parsed.RootElement.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("id").GetString()!).Distinct().Order());
        return (await shop.RunAsync("deploy", "--release", release)).Expect(code);
    }

    private static async Task<string> SetAsync(Shop shop, string file)
    {
        var set = (await shop.RunAsync("policy", "set", "production", "-f", shop.Join(file), "--format", "json")).Expect(1);
        using var parsed = JsonDocument.Parse(set.Out);
        Assert.True(parsed.RootElement.GetProperty("waits").GetBoolean());
        return parsed.RootElement.GetProperty("digest").GetString()!;
    }

    private static async Task<string> TokenAsync(Shop shop, string principal, string role)
    {
        var created = await shop.JsonAsync("token", "create", principal, "--scope", role);
        shop.Write($"{principal}.token", created.GetProperty("token").GetString()!);
        return shop.Join($"{principal}.token");
    }

    /// <returns>The key's digest, as policies name it.</returns>
    private static async Task<string> KeyAsync(Shop shop, string name)
    {
        (await shop.RunAsync("sign", "new-key", shop.Join($"{name}.key"))).Expect(0);
        using var key = ECDsa.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(shop.Join($"{name}.key.pub")));
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
    }

    private static async Task<string> BundleAsync(Shop shop, string digest, string type, string predicate, string key)
    {
        shop.Write("predicate.json", predicate);
        var bundle = shop.Join($"{Guid.NewGuid():n}.json");
        (await shop.RunAsync("attest", digest, "--type", type, "--predicate", shop.Join("predicate.json"), "--key", shop.Join($"{key}.key"), "--bundle", bundle)).Expect(0);
        return bundle;
    }

    private static async Task AttestAsync(Shop shop, string digest, string kind, string type, string predicate, string key) =>
        (await shop.RunAsync("evidence", "add", kind, await BundleAsync(shop, digest, type, predicate, key), "--key", shop.Join($"{key}.key.pub"), "--release", "shop-2")).Expect(0);

    private static async Task AddAsync(Shop shop, string name, string content)
    {
        shop.Write($"results/{name}", content);
        (await shop.RunAsync("evidence", "add", shop.Join("results"), "--release", "shop-2")).Expect(0);
    }

    private static string Trivy(DateTimeOffset at, string? vulnerability = null) => $$"""
        { "SchemaVersion": 2, "CreatedAt": "{{at:yyyy-MM-ddTHH:mm:ss.fffZ}}", "ArtifactName": ".", "ArtifactType": "filesystem", "Results": [
          { "Target": "package-lock.json", "Class": "lang-pkgs", "Type": "npm"{{(vulnerability is null ? "" : $$"""
          , "Vulnerabilities": [ { "VulnerabilityID": "{{vulnerability}}", "PkgName": "left-pad", "InstalledVersion": "1.0.0", "FixedVersion": "1.0.1", "Severity": "CRITICAL", "Title": "bad" } ]
          """)}} } ] }
        """;

    private static string Sbom(string digest) => $$"""
        { "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
          "metadata": { "component": { "type": "application", "name": "shop", "hashes": [ { "alg": "SHA-256", "content": "{{digest[7..]}}" } ] } },
          "components": [ { "type": "library", "name": "left-pad", "version": "1.0.0", "purl": "pkg:npm/left-pad@1.0.0" } ] }
        """;

    private static string Provenance(string source) => $$"""
        { "buildDefinition": { "buildType": "https://ci.example.com/build/v1", "externalParameters": {}, "resolvedDependencies": [ { "uri": "git+{{source}}@refs/heads/main" } ] },
          "runDetails": { "builder": { "id": "https://ci.example.com/builder" } } }
        """;
}
