using System.Globalization;

namespace Signalbox.Cli.Tests;

/// <summary>The example application from dev by staging to production, all on one machine: refusal, override, and promotion by policy.</summary>
public sealed class PromotionTests
{
    private static readonly int[] s_ports = [Shop.FreePort(), Shop.FreePort(), Shop.FreePort()];

    private static string File(int dev) => string.Create(CultureInfo.InvariantCulture, $$"""
        apiVersion: signalbox/v1
        application: shop
        process: { command: [signalbox, example-app] }
        port: {{dev}}
        health: { http: /healthz, interval: 200ms }
        environments:
          - name: dev
            strategy: { canary: { steps: [{ weight: 50%, for: 0s }], bake: 0s, keepWarm: 60s, analysis: false } }
          - name: staging
            port: {{s_ports[1]}}
            strategy: { canary: { steps: [{ weight: 50%, for: 0s }], bake: 0s, keepWarm: 60s, analysis: false } }
          - name: production
            port: {{s_ports[2]}}
            strategy: { canary: { steps: [{ weight: 50%, for: 0s }], bake: 0s, keepWarm: 60s, analysis: false } }
        """);

    [Fact]
    public async Task ARelease_GoesFromDevByStagingToProduction_WithTheSameDigests()
    {
        await using var shop = new Shop(File);
        (await shop.RunAsync("up", shop.App)).Expect(0);
        var content = await DecidedAsync(shop, "content");

        // production does not take what staging has not had, and says what to paste
        var refused = (await shop.RunAsync("release", "promote", "shop-1", "--to", "production")).Expect(1);
        Assert.Contains("shop-1 has not gone into staging yet, which comes before production", refused.Error);
        Assert.Contains("signalbox release promote shop-1 --to staging", refused.Error);
        Assert.Contains("error[gate-not-promoted]", (await shop.RunAsync("deploy", "--release", "shop-1", "--env", "production")).Expect(1).Error);
        Assert.Contains("shop/staging  nothing yet", (await shop.RunAsync("status")).Expect(0).Out);

        // the line that was said works, and so does the next
        (await shop.RunAsync("release", "promote", "shop-1", "--to", "staging")).Expect(0);
        Assert.Equal(("staging", content), (await DecidedAsync(shop, "environment"), await DecidedAsync(shop, "content")));
        (await shop.RunAsync("release", "promote", "shop-1", "--to", "production")).Expect(0);
        // a job that is run again finds done what it had done
        Assert.Contains("shop-1 already serves shop/production", (await shop.RunAsync("release", "promote", "shop-1", "shop-1", "--to", "production")).Expect(0).Out);
        Assert.Equal(("production", content), (await DecidedAsync(shop, "environment"), await DecidedAsync(shop, "content")));
        (await shop.RunAsync("gates", "replay", "shop-1")).Expect(0);
        foreach (var port in s_ports[1..]) Assert.Equal("v1", await Shop.VersionAsync(Address(port)));
        Assert.Equal("v1", await shop.VersionAsync());
        Assert.Contains(await HistoryAsync(shop, "production"), line => line.Contains("promoted from staging", StringComparison.Ordinal));
        Assert.Equal("Level", await StateAsync(shop, "production"));
    }

    [Fact]
    public async Task AnOverride_IsOnlyForThoseWhoMay_AndStandsInTheLedger()
    {
        await using var shop = new Shop(File);
        (await shop.RunAsync("up", shop.App)).Expect(0);
        await System.IO.File.WriteAllTextAsync(shop.Join("deployer.token"), (await shop.JsonAsync("token", "create", "carol", "--scope", "deployer")).GetProperty("token").GetString());
        var may = await shop.RunAsAsync(shop.Join("deployer.token"), "release", "promote", "shop-1", "--to", "production", "--override", "the outage");
        Assert.Contains("approve", may.Expect(3).Error);
        Assert.Null(await ServesAsync(shop, "production"));

        var promoted = (await shop.RunAsync("release", "promote", "shop-1", "--to", "production", "--override", "the outage")).Expect(0);
        Assert.Contains("lets shop-1 through to production: the outage", promoted.Out);
        Assert.Equal("v1", await Shop.VersionAsync(Address(s_ports[2])));
        Assert.Contains("lets it through until", (await shop.RunAsync("gates", "explain", "shop-1")).Expect(0).Out);
        Assert.Contains("override", (await shop.RunAsync("evidence", "list", "--release", "shop-1")).Expect(0).Out);
    }

    [Fact]
    public async Task ByPolicy_AReleaseGoesOnByItself_AndWaitsWhereAnApprovalIsMissing()
    {
        await using var shop = new Shop(File);
        shop.Write("staging.yaml", "apiVersion: signalbox-policy/v1\npromote: { after: 1s }\n");
        shop.Write("production.yaml", "apiVersion: signalbox-policy/v1\ngates: { approval: enforce, promotion: { from: staging } }\npromote: { after: 1s }\n");
        (await shop.RunAsync("up", shop.App)).Expect(0);
        foreach (var name in (string[])["staging", "production"])
            Assert.Contains("promote.after: nothing -> 1s", (await shop.RunAsync("policy", "set", name, "-f", shop.Join($"{name}.yaml"))).Expect(0).Out);
        await Eventually.Async(async () => await ServesAsync(shop, "staging") == "shop-1", "shop-1 serves in staging");
        await Eventually.Async(async () => await StateAsync(shop, "production") == "Waiting", "production waits");
        Assert.Contains("the gates hold it: approval: 0 of 1 approvals", (await shop.RunAsync("status")).Expect(0).Out);

        // a restart forgets nothing, and somebody's approval lets it go
        await System.IO.File.WriteAllTextAsync(shop.Join("approver.token"), (await shop.JsonAsync("token", "create", "bob", "--scope", "approver")).GetProperty("token").GetString());
        (await shop.RunAsync("down")).Expect(0);
        (await shop.RunAsync("up", shop.App)).Expect(0);
        (await shop.RunAsAsync(shop.Join("approver.token"), "approve", "shop-1", "--env", "production", "--comment", "looked at staging")).Expect(0);
        await Eventually.Async(async () => await ServesAsync(shop, "production") == "shop-1", "shop-1 serves in production");
        Assert.Contains(await HistoryAsync(shop, "production"), line => line.Contains("promoted from staging after 1s by policy", StringComparison.Ordinal));
    }

    private static string Address(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/");

    /// <summary>Of the gates' newest decision.</summary>
    private static async Task<string?> DecidedAsync(Shop shop, string what) => (await shop.JsonAsync("gates", "explain", "shop-1")).GetProperty("decision").GetProperty(what).GetString();

    private static async Task<IReadOnlyList<string>> HistoryAsync(Shop shop, string environment) =>
        [.. (await shop.JsonAsync("history", "--env", environment)).EnumerateArray().Select(entry => entry.GetProperty("summary").GetString()!)];

    private static async Task<string?> StateAsync(Shop shop, string environment) => (await shop.JsonAsync("status")).GetProperty("paths")[0].GetProperty("promotions").EnumerateArray()
        .Where(promotion => promotion.GetProperty("environment").GetString() == environment).Select(promotion => promotion.GetProperty("state").GetString()).Single();

    private static async Task<string?> ServesAsync(Shop shop, string environment) => (await shop.JsonAsync("status")).GetProperty("tracks").EnumerateArray()
        .Where(track => track.GetProperty("environment").GetString() == environment)
        .Select(track => track.TryGetProperty("stable", out var stable) ? stable.GetString() : null).FirstOrDefault();
}
