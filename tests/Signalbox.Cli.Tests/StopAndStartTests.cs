using System.Globalization;
using Signalbox.Cli.Control;

namespace Signalbox.Cli.Tests;

/// <summary>What <c>down</c> waits for, and what <c>up --as-it-was</c> brings back.</summary>
public sealed class StopAndStartTests
{
    /// <summary>The runbooks bring back what served, whatever lies where they are taken.</summary>
    [Fact]
    public async Task Up_AsItWas_TakesNothingOut()
    {
        await using var shop = new Shop();
        Assert.Contains("error[nothing-to-bring-back]", (await shop.RunAsync("up", "--as-it-was")).Expect(1).Error);
        (await shop.RunAsync("up", shop.App)).Expect(0);
        (await shop.RunAsync("down")).Expect(0);
        // another application, which has not gone out yet
        shop.Write("signalbox.yaml", $$"""
            apiVersion: signalbox/v1
            application: cart
            process: { command: [signalbox, example-app] }
            artifact: app
            port: {{Shop.FreePort().ToString(CultureInfo.InvariantCulture)}}
            """);
        Assert.Contains("shop-1", (await shop.RunAsync("up", "--as-it-was")).Expect(0).Out);
        Assert.Equal("v1", await shop.VersionAsync());
        Assert.Equal(["shop"], (await shop.JsonAsync("status")).GetProperty("tracks").EnumerateArray().Select(track => track.GetProperty("application").GetString()));
        var steps = (await shop.RunAsync("runbook", "show")).Expect(0).Out.Split('\n').Where(line => line.Contains("signalbox up", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, steps.Count);
        Assert.All(steps, step => Assert.Contains("up --as-it-was", step));
    }

    /// <summary>A control plane that is ending still runs, and its port is closed: another process stands for it.</summary>
    [Fact]
    public async Task Up_WaitsForAControlPlaneThatIsEnding()
    {
        await using var shop = new Shop();
        using var ending = SignalboxProgram.Start("sleep", null, null, "600");
        try
        {
            shop.Write("state/control.lock", "");
            shop.Write("state/control.json", string.Create(CultureInfo.InvariantCulture, $$"""{ "address": "http://127.0.0.1:{{Shop.FreePort()}}", "processId": {{ending.Id}}, "processStart": {{ProcessIdentity.StartOf(ending.Id)}}, "startedAt": "2026-01-01T00:00:00Z" }"""));
            var up = shop.RunAsync("up", shop.App);
            await Eventually.Async(() => up.IsCompleted || File.Exists(shop.Join("state/host.sock")), "the host has begun");
            Assert.False(up.IsCompleted, up.IsCompleted ? (await up).All : "");
            ending.Kill();
            (await up).Expect(0);
            Assert.Equal("v1", await shop.VersionAsync());
        }
        finally
        {
            ending.Kill();
        }
    }

    /// <summary>A worker that needs minutes for its last job has them.</summary>
    [Fact]
    public void Down_WaitsAsLongAsTheSlowestWorkloadMayTake()
    {
        using var directory = new TemporaryDirectory();
        using var own = System.Diagnostics.Process.GetCurrentProcess();
        foreach (var (name, grace) in new[] { ("a", TimeSpan.FromMinutes(5)), ("b", TimeSpan.FromSeconds(10)) })
        {
            directory.Write($"instances/{name}/spec.json", $$"""{ "run": 1, "command": ["app"], "environment": {}, "workingDirectory": "/", "stopGrace": "{{grace}}", "logFile": "log", "logFileBytes": 1, "logFiles": 1 }""");
            directory.Write($"instances/{name}/running.json", string.Create(CultureInfo.InvariantCulture, $$"""{ "run": 1, "shimPid": {{own.Id}}, "shimStart": {{ProcessIdentity.StartOf(own.Id)}}, "workloadPid": {{own.Id}}, "workloadStart": 0, "startedAt": "2026-01-01T00:00:00Z" }"""));
        }
        var shims = Shutdown.Shims(new(directory.Path));
        Assert.Equal([TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5)], shims.Select(shim => shim.Grace).Order());
        Assert.InRange(Shutdown.PatienceFor(shims), TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(6));
    }
}
