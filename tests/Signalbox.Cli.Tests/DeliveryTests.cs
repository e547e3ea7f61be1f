using System.Globalization;
using System.Text.Json;

namespace Signalbox.Cli.Tests;

/// <summary>A user's day, with the real program, real daemons and a real application.</summary>
public sealed class DeliveryTests
{
    [Fact]
    public async Task UpDeployRollbackHistoryLogsDown_WorkTogether()
    {
        await using var shop = new Shop();
        var up = (await shop.RunAsync("up", shop.App)).Expect(0);
        Assert.Contains("started host", up.Out);
        Assert.Contains("started serve", up.Out);
        Assert.Contains("shop-1 serves at http://127.0.0.1:", up.Out);
        Assert.Contains("/login?code=", up.Out);
        Assert.Equal("v1", await shop.VersionAsync());

        shop.Release("v2");
        var deploy = (await shop.RunAsync("deploy", shop.App)).Expect(0);
        Assert.Contains("shop-2 goes out to shop/production", deploy.Out);
        Assert.Contains("Succeeded", deploy.Out);
        Assert.DoesNotContain("\e[", deploy.Out);
        Assert.Equal("v2", await shop.VersionAsync());

        var status = await shop.JsonAsync("status");
        Assert.True(status.GetProperty("hostConnected").GetBoolean());
        Assert.Equal("shop-2", status.GetProperty("tracks")[0].GetProperty("stable").GetString());
        Assert.Contains("shop-2 serves", (await shop.RunAsync("status")).Expect(0).Out);

        var rollback = (await shop.RunAsync("rollback", "--reason", "prices were wrong")).Expect(0);
        Assert.Contains("shop/production goes back to shop-1", rollback.Out);
        Assert.Equal("v1", await shop.VersionAsync());

        var rollouts = await shop.JsonAsync("rollouts", "list");
        Assert.Equal(3, rollouts.GetArrayLength());
        var id = rollouts[0].GetProperty("id").GetString()!;
        Assert.Contains(id, (await shop.RunAsync("rollouts", "show", id)).Expect(0).Out);
        var unknown = (await shop.RunAsync("rollouts", "show", "nope")).Expect(1).Error;
        Assert.Contains($"there is no rollout 'nope'; the newest are {id}, ", unknown);
        Assert.Contains("= help: signalbox rollouts list", unknown);
        Assert.Equal("web\n", (await shop.RunAsync("complete-names", "services")).Expect(0).Out);
        Assert.StartsWith(id + "\n", (await shop.RunAsync("complete-names", "rollouts")).Expect(0).Out, StringComparison.Ordinal);
        Assert.True((await shop.JsonAsync("history")).GetArrayLength() > 3);
        Assert.Contains("listens on port", (await shop.RunAsync("logs")).Expect(0).Out);

        var head = status.GetProperty("ledgerHead").GetString()!;
        (await shop.RunAsync("ledger", "verify", "--head", head)).Expect(0);
        Assert.Contains("stopped", (await shop.RunAsync("down")).Expect(0).Out);
        await Assert.ThrowsAsync<HttpRequestException>(shop.VersionAsync);
        var kept = (await shop.RunAsync("logs", "--release", "shop-2")).Expect(0);
        Assert.Contains("listens on port", kept.Out);
        Assert.Contains("no control plane runs; these are the logs of shop/production that are kept in", kept.Error);
        (await shop.RunAsync("ledger", "verify", "--head", head)).Expect(0);
        Assert.Contains("shop-1 serves at", (await shop.RunAsync("up", shop.App)).Expect(0).Out);
        Assert.Equal("v1", await shop.VersionAsync());
        Assert.Contains("error[ledger-", (await shop.RunAsync("ledger", "verify", "--head", $"1:{new string('a', 64)}")).Expect(1).Error);
    }

    [Fact]
    public async Task Rollout_IsPausedResumedAdvancedAndAborted()
    {
        await using var shop = new Shop("steps: [{ weight: 10%, pause: manual }], bake: 0s, analysis: false");
        (await shop.RunAsync("up", shop.App)).Expect(0);
        shop.Release("v2");
        (await shop.RunAsync("deploy", shop.App, "--no-wait")).Expect(0);
        await UntilAsync(shop, phase => phase == "Paused");
        Assert.Contains("next: signalbox advance shop-production-2", (await shop.RunAsync("status")).Expect(0).Out);
        (await shop.RunAsync("abort", "--reason", "changed my mind")).Expect(0);
        await UntilAsync(shop, phase => phase == "RolledBack");
        Assert.Equal("v1", await shop.VersionAsync());
        var none = (await shop.RunAsync("advance")).Expect(1);
        Assert.Contains("error[rollout-none]", none.Error);

        shop.Release("v3");
        (await shop.RunAsync("deploy", shop.App, "--no-wait")).Expect(0);
        await UntilAsync(shop, phase => phase == "Paused");
        (await shop.RunAsync("advance", "--reason", "looked at it")).Expect(0);
        await UntilAsync(shop, phase => phase == "Succeeded");
        Assert.Equal("v3", await shop.VersionAsync());
    }

    [Fact]
    public async Task AReleaseThatWaits_IsWithdrawnByAbort()
    {
        await using var shop = new Shop("steps: [{ weight: 10%, pause: manual }], bake: 0s, analysis: false", "{ pre: { command: [/bin/true], reversible: false } }");
        (await shop.RunAsync("up", shop.App)).Expect(0);
        shop.Release("v2");
        (await shop.RunAsync("deploy", shop.App, "--no-wait")).Expect(0);
        await UntilAsync(shop, phase => phase == "Paused");
        shop.Release("v3");
        var waiting = (await shop.JsonAsync("deploy", shop.App, "--no-wait")).GetProperty("rollout");
        Assert.Equal(("Queued", "Predecessor"), (waiting.GetProperty("phase").GetString(), waiting.GetProperty("waitingFor").GetString()));
        var id = waiting.GetProperty("id").GetString()!;
        Assert.Contains("Withdrawn", (await shop.RunAsync("abort", id, "--reason", "not this one")).Expect(0).Out);
        Assert.Equal("Withdrawn", (await shop.JsonAsync("rollouts", "show", id)).GetProperty("phase").GetString());
        Assert.Contains("is dropped from the queue: not this one", (await shop.RunAsync("history")).Expect(0).Out);
    }

    [Fact]
    public async Task Abort_WhileTheControlPlaneIsDead_FallsAtTheHost()
    {
        await using var shop = new Shop("steps: [{ weight: 100%, pause: manual }], lossOfContact: 60s, bake: 0s, analysis: false");
        (await shop.RunAsync("up", shop.App)).Expect(0);
        shop.Release("v2");
        (await shop.RunAsync("deploy", shop.App, "--no-wait")).Expect(0);
        await UntilAsync(shop, phase => phase == "Paused");
        await KillControlPlaneAsync(shop);
        var abort = (await shop.RunAsync("abort")).Expect(0);
        Assert.Contains("has fallen to stable at the host", abort.Out);
        Assert.Equal("v1", await shop.VersionAsync());
        var again = (await shop.RunAsync("up", shop.App)).Expect(0);
        Assert.Contains("shop-1 serves at", again.Out);
        await UntilAsync(shop, phase => phase == "RolledBack");
    }

    [Fact]
    public async Task Abort_WhileTheControlPlaneIsStuck_FallsAtTheHost()
    {
        await using var shop = new Shop("steps: [{ weight: 100%, pause: manual }], lossOfContact: 60s, bake: 0s, analysis: false");
        (await shop.RunAsync("up", shop.App)).Expect(0);
        shop.Release("v2");
        (await shop.RunAsync("deploy", shop.App, "--no-wait")).Expect(0);
        await UntilAsync(shop, phase => phase == "Paused");
        await SignalControlPlaneAsync(shop, "-STOP");
        try
        {
            Assert.Contains("has fallen to stable at the host", (await shop.RunAsync("abort")).Expect(0).Out);
            Assert.Equal("v1", await shop.VersionAsync());
        }
        finally
        {
            await SignalControlPlaneAsync(shop, "-CONT");
        }
        await UntilAsync(shop, phase => phase == "RolledBack");
    }

    [Fact]
    public async Task Up_WhereNoFileIs_BringsBackWhatRan()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        await KillControlPlaneAsync(shop);
        // in the directory above the application's
        Assert.Contains("shop-1 serves", (await shop.RunAsync("up")).Expect(0).Out);
        Assert.True((await shop.JsonAsync("status")).GetProperty("hostConnected").GetBoolean());
    }

    [Fact]
    public async Task Deploy_LongerThanItsTimeout_Ends3AndTheRolloutGoesOn()
    {
        await using var shop = new Shop("steps: [{ weight: 10%, pause: manual }], bake: 0s, analysis: false");
        (await shop.RunAsync("up", shop.App)).Expect(0);
        shop.Release("v2");
        var ended = (await shop.RunAsync("deploy", shop.App, "--timeout", "1")).Expect(3);
        Assert.Contains("the rollout goes on: signalbox watch shop-production-2", ended.Error);
        await UntilAsync(shop, phase => phase == "Paused");
    }

    [Fact]
    public async Task Check_PortOfAnotherApplication_IsInUse()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        (await shop.RunAsync("check", shop.App)).Expect(0);
        using var other = new TemporaryDirectory();
        var text = await File.ReadAllTextAsync(Path.Combine(shop.App, "signalbox.yaml"), TestContext.Current.CancellationToken);
        var file = other.Write("signalbox.yaml", text.Replace("application: shop", "application: other", StringComparison.Ordinal));
        Assert.Contains("error[delivery-port-in-use]", (await shop.RunAsync("check", file)).Expect(1).Error);
    }

    [Fact]
    public async Task ABadRelease_ExitsOne()
    {
        await using var shop = new Shop("steps: [{ weight: 50%, for: 0s }], progressDeadline: 15s, bake: 0s, analysis: false");
        (await shop.RunAsync("up", shop.App)).Expect(0);
        File.WriteAllText(Path.Combine(shop.App, "app.json"), "this is not JSON");
        var deploy = (await shop.RunAsync("deploy", shop.App)).Expect(1);
        Assert.Contains("RolledBack", deploy.Out);
        Assert.Equal("v1", await shop.VersionAsync());
    }

    [Fact]
    public async Task Serve_OnATakenStateDirectory_RefusesAndNamesTheFirst()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        var second = (await shop.RunAsync("serve")).Expect(1);
        Assert.Contains("error[control-plane-running]", second.Error);
        Assert.Matches(@"pid \d+", second.Error);
    }

    [Fact]
    public async Task Tokens_AreCreatedListedAndRevoked()
    {
        await using var shop = new Shop();
        (await shop.RunAsync("up", shop.App)).Expect(0);
        var created = await shop.JsonAsync("token", "create", "ci", "--scope", "read", "--days", "1");
        var id = created.GetProperty("view").GetProperty("id").GetString()!;
        Assert.Contains(id, (await shop.RunAsync("token", "list")).Expect(0).Out);
        (await shop.RunAsync("token", "revoke", id)).Expect(0);
        Assert.DoesNotContain(id, (await shop.RunAsync("token", "list")).Expect(0).Out);
    }

    private static async Task UntilAsync(Shop shop, Func<string, bool> isThere)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while (true)
        {
            var phase = (await shop.JsonAsync("rollouts", "list", "--limit", "1"))[0].GetProperty("phase").GetString()!;
            if (isThere(phase)) return;
            Assert.True(DateTimeOffset.UtcNow < deadline, $"the rollout stays {phase}");
        }
    }

    private static async Task SignalControlPlaneAsync(Shop shop, string signal)
    {
        using var control = JsonDocument.Parse(File.ReadAllText(Path.Combine(shop.State, "control.json")));
        var pid = control.RootElement.GetProperty("processId").GetInt32();
        using var kill = SignalboxProgram.Start("/bin/kill", null, null, signal, pid.ToString(CultureInfo.InvariantCulture));
        (await SignalboxProgram.EndOf(kill)).Expect(0);
    }

    private static async Task KillControlPlaneAsync(Shop shop)
    {
        await SignalControlPlaneAsync(shop, "-9");
        var deadline = DateTimeOffset.UtcNow.AddSeconds(10);
        while ((await shop.RunAsync("status")).Code == 0) Assert.True(DateTimeOffset.UtcNow < deadline);
    }
}
