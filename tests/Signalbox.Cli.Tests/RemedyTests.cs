using System.Security.Cryptography;
using System.Text.Json;

namespace Signalbox.Cli.Tests;

/// <summary>A release that is denied says for each reason a line to paste; here they are pasted, into a shell, and the reason is gone.</summary>
public sealed class RemedyTests
{
    private const string Policy = """
        apiVersion: signalbox-policy/v1
        gates:
          signature: { keys: ["KEY"] }
          provenance: { keys: ["KEY"], levels: ["2 https://ci.example.com/*"], sources: [github.com/acme/shop] }
          sbom: enforce
          coverage: enforce
          tests: enforce
          vulnerabilities: enforce
          sast: enforce
          alerts: enforce
          freshness: enforce
          slo: enforce
        """;

    [Fact]
    public async Task EachDenial_IsMendedByTheLineThatItSays()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        (await shop.RunAsync("sign", "new-key", shop.Join("acme.key"))).Expect(0);
        shop.Write("policy.yaml", Policy.Replace("KEY", Digest(shop.Join("acme.key.pub")), StringComparison.Ordinal));
        (await shop.RunAsync("policy", "set", "production", "-f", shop.Join("policy.yaml"))).Expect(0);
        shop.Release("v2");

        // what stands in the release's own file: pasted into it, which makes another release
        var file = await File.ReadAllTextAsync(shop.Join("app/signalbox.yaml"));
        var slo = (await DeniedAsync(shop, "deploy", shop.App))["gate-slo-missing"];
        Assert.EndsWith("# in signalbox.yaml", slo, StringComparison.Ordinal);
        shop.Write("app/signalbox.yaml", $"{file}\n{slo}\n");
        var release = await shop.JsonAsync("release", "create", shop.App);
        var (id, digest) = (release.GetProperty("id").GetString()!, release.GetProperty("artifacts").GetProperty("web").GetString()!);

        // nothing is there: each line brings it, of the file that it names
        shop.Write("cobertura.xml", """<?xml version="1.0"?><coverage line-rate="0.9" lines-covered="9" lines-valid="10" branches-covered="0" branches-valid="0" timestamp="1700000000"><packages/></coverage>""");
        shop.Write("junit.xml", "<testsuites><testsuite name=\"s\" tests=\"1\"><testcase name=\"a\" classname=\"c\"/></testsuite></testsuites>");
        shop.Write("sbom.cdx.json", $$"""{ "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "metadata": { "component": { "type": "application", "name": "shop", "hashes": [ { "alg": "SHA-256", "content": "{{digest[7..]}}" } ] } }, "components": [], "compositions": [{ "aggregate": "complete" }] }""");
        shop.Write("trivy.json", Trivy(DateTimeOffset.UtcNow));
        shop.Write("semgrep.json", """{ "version": "1.97.0", "results": [], "errors": [], "paths": { "scanned": ["app.js"] } }""");
        shop.Write("alerts.yaml", "groups:\n  - name: shop\n    rules:\n      - alert: Errors\n        expr: x > 1\n        annotations: { runbook_url: https://example.com/run }\n");
        await AttestAsync(shop, digest);
        await MendAsync(shop, id,
            "gate-signature-missing", "gate-provenance-missing", "gate-sbom-missing", "gate-coverage-missing", "gate-tests-missing", "gate-vulnerabilities-missing", "gate-sast-missing", "gate-alerts-missing");
        (await shop.RunAsync("gates", "check", id, "--env", "production")).Expect(0);

        // under-covered, failing, stale: what was mended replaces what was handed in before
        await SpoilAndMendAsync(shop, id, "cobertura.xml", text => text.Replace("lines-covered=\"9\"", "lines-covered=\"1\"", StringComparison.Ordinal), "gate-coverage-low");
        await SpoilAndMendAsync(shop, id, "junit.xml", text => text.Replace("classname=\"c\"/>", "classname=\"c\"><failure/></testcase>", StringComparison.Ordinal), "gate-tests-failed");
        await SpoilAndMendAsync(shop, id, "trivy.json", _ => Trivy(DateTimeOffset.UtcNow.AddDays(-3)), "gate-evidence-stale");
        await SpoilAndMendAsync(shop, id, "sbom.cdx.json", text => text.Replace(digest[7..], new string('a', 64), StringComparison.Ordinal), "gate-sbom-other-subject");
        (await shop.RunAsync("deploy", "--release", id)).Expect(0);
        Assert.Equal("v2", await shop.VersionAsync());
    }

    [Fact]
    public async Task AVulnerableRelease_IsMendedByTheNextOne()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        shop.Write("policy.yaml", "apiVersion: signalbox-policy/v1\ngates: { vulnerabilities: enforce }\n");
        (await shop.RunAsync("policy", "set", "production", "-f", shop.Join("policy.yaml"))).Expect(0);
        shop.Release("v2");
        shop.Write("app/results/trivy.json", Trivy(DateTimeOffset.UtcNow, vulnerable: true));
        var help = (await DeniedAsync(shop, "deploy", shop.App, "--evidence", shop.Join("app/results")))["gate-vulnerability"];
        Assert.Equal("v1", await shop.VersionAsync());
        shop.Release("v3");
        shop.Write("app/results/trivy.json", Trivy(DateTimeOffset.UtcNow));
        (await shop.PasteAsync("app", help)).Expect(0);
        Assert.Equal("v3", await shop.VersionAsync());
    }

    private static async Task SpoilAndMendAsync(Shop shop, string release, string file, Func<string, string> spoil, string id)
    {
        var good = file == "trivy.json" ? Trivy(DateTimeOffset.UtcNow) : await File.ReadAllTextAsync(shop.Join(file));
        shop.Write(file, spoil(good));
        (await shop.RunAsync("evidence", "add", shop.Join(file), "--release", release)).Expect(0);
        // made anew, and so not the very same bytes
        shop.Write(file, good + "\n");
        await MendAsync(shop, release, id);
    }

    /// <summary>The denial has these reasons and no other; the line of each takes it away.</summary>
    private static async Task MendAsync(Shop shop, string release, params string[] ids)
    {
        var reasons = await DeniedAsync(shop, "deploy", "--release", release);
        Assert.Equal(ids.Order(), reasons.Keys.Order());
        foreach (var (id, help) in reasons)
        {
            (await shop.PasteAsync(".", help)).Expect(0);
            Assert.DoesNotContain($"[{id}]", (await shop.RunAsync("gates", "check", release, "--env", "production")).All, StringComparison.Ordinal);
        }
    }

    private static async Task<Dictionary<string, string>> DeniedAsync(Shop shop, params string[] arguments)
    {
        using var parsed = JsonDocument.Parse((await shop.RunAsync([.. arguments, "--format", "json"])).Expect(1).Out);
        return parsed.RootElement.GetProperty("findings").EnumerateArray().ToDictionary(finding => finding.GetProperty("id").GetString()!, finding => finding.GetProperty("help").GetString()!);
    }

    private static async Task AttestAsync(Shop shop, string digest)
    {
        shop.Write("predicate.json", """
            { "buildDefinition": { "buildType": "https://ci.example.com/build/v1", "externalParameters": {}, "resolvedDependencies": [ { "uri": "git+https://github.com/acme/shop@refs/heads/main" } ] },
              "runDetails": { "builder": { "id": "https://ci.example.com/builder" } } }
            """);
        (await shop.RunAsync("attest", digest, "--type", "https://slsa.dev/provenance/v1", "--predicate", shop.Join("predicate.json"), "--key", shop.Join("acme.key"), "--bundle", shop.Join("provenance.sigstore.json"))).Expect(0);
    }

    private static string Digest(string path)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(path));
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
    }

    private static string Trivy(DateTimeOffset at, bool vulnerable = false) => $$"""
        { "SchemaVersion": 2, "CreatedAt": "{{at:yyyy-MM-ddTHH:mm:ss.fffZ}}", "ArtifactName": ".", "ArtifactType": "filesystem", "Results": [ { "Target": "package-lock.json", "Class": "lang-pkgs", "Type": "npm"{{(vulnerable ? """
        , "Vulnerabilities": [ { "VulnerabilityID": "CVE-2026-1", "PkgName": "left-pad", "InstalledVersion": "1.0.0", "FixedVersion": "1.0.1", "Severity": "CRITICAL", "Title": "bad" } ]
        """ : "")}} } ] }
        """;
}
