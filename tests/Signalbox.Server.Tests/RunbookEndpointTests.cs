using System.Text.Json;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Runbooks;

namespace Signalbox.Server.Tests;

public sealed class RunbookEndpointTests
{
    private static readonly StatusView s_status = new("0.0.0", "0:0", true, null,
        [new("shop/production", "shop", "production", "Idle", "shop-2", null, null, null, [new("web", "Web", "http://127.0.0.1:8080", [], null, null)], null)], [])
    {
        Paths = [new("shop", ["staging", "production"], [new("production", "staging", "shop-3", "shop-2", 1, "ByHand", "shop-3 is one release on", null, null)])],
    };

    private static async Task<IReadOnlyList<Runbook>> RunbooksAsync(TestServer test, string environment)
    {
        using var answer = await test.SendAsync("GET", $"/api/v1/tracks/shop/{environment}/runbooks", token: (await test.NewTokenAsync("read")).Token);
        return JsonSerializer.Deserialize(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(), ApiJson.Default.IReadOnlyListRunbook)!;
    }

    [Fact]
    public async Task Runbooks_HaveTheCommandsOfThisInstallation()
    {
        await using var test = await TestServer.StartAsync();
        test.Plane.Status = s_status;
        test.Plane.Releases.Add(new("shop-2", "shop", null, new Dictionary<string, Digest>(), [], test.Time.GetUtcNow(), new Dictionary<string, string> { ["devops"] = "@acme/platform" }));

        var runbooks = await RunbooksAsync(test, "production");
        Assert.Equal(["roll-back", "promote", "restore", "drain-host", "rotate-token"], runbooks.Select(runbook => runbook.Name));
        Assert.All(runbooks.Take(4), runbook => Assert.Equal("devops (@acme/platform)", runbook.HandTo));
        Assert.Equal($"signalbox release promote shop-3 --to production --state {test.State}", runbooks[1].Steps[2].Line);
        Assert.Contains("http://127.0.0.1:8080", runbooks[0].Steps[3].Text);
        // nothing serves there: nothing to go back from, and nothing before it
        Assert.Equal(["restore", "drain-host", "rotate-token"], (await RunbooksAsync(test, "staging")).Select(runbook => runbook.Name));
    }

    [Fact]
    public async Task Environment_ThatNoPathHas_IsUnknown()
    {
        await using var test = await TestServer.StartAsync();
        test.Plane.Status = s_status;
        var refused = await test.RefusedAsync("GET", "/api/v1/tracks/shop/moon/runbooks");
        Assert.Equal((404, "track-unknown"), (refused.Status, refused.Problem.Id));
    }
}
