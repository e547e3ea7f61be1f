using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Signalbox.Cli.Tests.Running;

/// <summary><c>run --deploy</c>: from a clone to a judged release in one command, into an environment whose policy asks for level 1.</summary>
public sealed class RunDeployTests
{
    private const string Policy = """
        apiVersion: signalbox-policy/v1
        gates:
          signature: { keys: ["KEY"] }
          provenance: { level: 1, levels: ["1 urn:signalbox:builder:local"], parameters: [configuration, jobs, parameters], keys: ["KEY"], sources: [github.com/acme/shop] }
          sbom: enforce
          coverage: enforce
          tests: enforce
          health: enforce
        """;

    /// <summary>Unsigned it goes nowhere; signed it goes out; then nothing has changed; then a test fails.</summary>
    [Fact]
    public async Task FromACloneToAJudgedRelease_InOneCommand()
    {
        await using var shop = new Shop(Delivery);
        Project(shop);
        (await shop.RunAsync("up", shop.App, "--no-build")).Expect(0);
        var key = await KeyAsync(shop);
        shop.Write("policy.yaml", Policy.Replace("KEY", key, StringComparison.Ordinal));
        (await shop.RunAsync("policy", "set", "production", "-f", shop.Join("policy.yaml"))).Expect(0);

        // without a signature nothing goes out
        Commit(shop, "v1");
        Assert.Contains("gate-signature-missing", (await CloneAndRunAsync(shop, "unsigned", signed: false)).Expect(1).All);
        Assert.Equal("v0", await shop.VersionAsync());

        var out1 = (await CloneAndRunAsync(shop, "one")).Expect(0).All;
        Assert.Contains("ok test", out1);
        Assert.Contains("and its provenance, which proves SLSA build level 1", (await RunInAsync(shop, "one", "log", "sign")).Expect(0).Out);
        Assert.Contains("shop-3 serves at", out1);
        Assert.Equal("v1", await shop.VersionAsync());

        var again = (await RunInAsync(shop, "one", "--deploy", "production")).Expect(0).All;
        Assert.Contains("known test", again);
        Assert.Contains("nothing has changed since the release that serves", again);
        Assert.Contains("shop-3 serves at", again);

        // what a test finds wrong goes nowhere
        Commit(shop, "broken");
        Assert.Contains("failed test", (await CloneAndRunAsync(shop, "two")).Expect(1).All);
        Assert.Equal("v1", await shop.VersionAsync());
    }

    /// <summary>A change of a source behind the tests, a file that is new, and a commit: nothing of it was tested.</summary>
    [Theory]
    [InlineData("echo more >> app.template", "app.template has changed")]
    [InlineData("echo > new.js", "new.js is new")]
    [InlineData("git -c user.name=a -c user.email=a@example.com commit --quiet --allow-empty -m more", "the commit was ")]
    public async Task WhatWasNotTested_GoesNowhere(string meanwhile, string said)
    {
        await using var shop = new Shop(port => Delivery(port).Replace("  sbom: {}", $"  sbom: {{}}\n  last: {{ run: \"{meanwhile}\", needs: [test] }}", StringComparison.Ordinal).Replace("  sign: { key: ../release.key }\n", "", StringComparison.Ordinal));
        Project(shop);
        Commit(shop, "v1");
        var refused = (await RunInAsync(shop, "app", "--deploy", "production")).Expect(1).All;
        Assert.Contains($"error[run-untested]: {said}", refused);
        Assert.DoesNotContain("goes out to", refused);
    }

    private static void Project(Shop shop)
    {
        shop.Write("app/.gitignore", "dist/\nr/\n");
        shop.Write("app/app.template", """{ "version": "VERSION", "failPercent": 0 }""");
        shop.Write("app/dist/app.json", """{ "version": "v0", "failPercent": 0 }""");
        shop.Write("app/package-lock.json", """{"lockfileVersion":3,"packages":{"":{"dependencies":{"left-pad":"^1.3.0"}},"node_modules/left-pad":{"version":"1.3.0","license":"WTFPL"}}}""");
        shop.Write("app/test.sh", """
            if grep -q broken dist/app.json; then exit 1; fi
            mkdir -p r
            echo '<testsuites><testsuite name="s" tests="1"><testcase name="a" classname="c"/></testsuite></testsuites>' > r/junit.xml
            printf 'SF:a.js\nDA:1,1\nDA:2,1\nLF:2\nLH:2\nend_of_record\n' > r/lcov.info
            """);
        Git(shop.App, "init", "--quiet");
    }

    private static string Delivery(int port) => $$"""
        apiVersion: signalbox/v1
        application: shop
        pipeline:
          build: { run: "mkdir -p dist; sed s/VERSION/$(cat version)/ app.template > dist/app.json", inputs: [version, app.template], outputs: [dist/] }
          test:
            run: sh -e test.sh
            tests: r/junit.xml
            coverage: r/lcov.info
          sbom: {}
          sign: { key: ../release.key }
        artifact: dist
        process: { command: [signalbox, example-app] }
        port: {{port.ToString(CultureInfo.InvariantCulture)}}
        health: { http: /healthz, interval: 200ms }
        environments:
          - name: production
            strategy: { canary: { steps: [{ weight: 50%, for: 0s }], bake: 0s, keepWarm: 60s, analysis: { maxStepTime: 2s, onUndecided: advance } } }
        """;

    private static async Task<Ended> CloneAndRunAsync(Shop shop, string name, bool signed = true)
    {
        Git(shop.Join("."), "clone", "--quiet", shop.App, name);
        // the clone's remote is where others know it, as a CI machine's is
        Git(shop.Join(name), "remote", "set-url", "origin", "https://github.com/acme/shop.git");
        return await RunInAsync(shop, name, [.. signed ? Array.Empty<string>() : ["build", "test", "sbom"], "--deploy", "production"]);
    }

    private static Task<Ended> RunInAsync(Shop shop, string name, params string[] arguments) =>
        SignalboxProgram.RunAsync(shop.Join(name), new Dictionary<string, string> { ["XDG_CACHE_HOME"] = shop.Join("cache") }, ["run", .. arguments, "--state", shop.State]);

    private static void Commit(Shop shop, string version)
    {
        shop.Write("app/version", version);
        Git(shop.App, "add", ".");
        Git(shop.App, "commit", "--quiet", "-m", version);
    }

    private static async Task<string> KeyAsync(Shop shop)
    {
        (await shop.RunAsync("sign", "new-key", shop.Join("release.key"))).Expect(0);
        using var key = ECDsa.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(shop.Join("release.key.pub"), TestContext.Current.CancellationToken));
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));
    }

    private static void Git(string directory, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", directory, "-c", "user.name=a", "-c", "user.email=a@example.com", .. arguments]))!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }
}
