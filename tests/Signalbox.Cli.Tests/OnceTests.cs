namespace Signalbox.Cli.Tests;

/// <summary>A CI job that is run again: the real program against a real control plane.</summary>
public sealed class OnceTests : IAsyncDisposable
{
    private readonly Shop _shop = new("steps: [{ weight: 50%, for: 10s }], bake: 0s, keepWarm: 60s, analysis: false");

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    private Task<Ended> DeployAsync(string key, params string[] more) => _shop.RunAsync(["deploy", _shop.App, "--once", key, .. more]);

    private async Task<int> ReleasesAsync() => (await _shop.RunAsync("history", "--limit", "1000")).Expect(0).Out.Split('\n').Count(line => line.Contains(" made", StringComparison.Ordinal));

    [Fact]
    public async Task ARunThatIsRunAgain_GetsItsRelease_AndWhatBecameOfIt()
    {
        (await _shop.RunAsync("up", _shop.App)).Expect(0);
        _shop.Release("v2");
        Assert.Contains("shop-2 goes out", (await DeployAsync("run-1", "--timeout", "1")).Expect(3).Out);
        // its time was over: the job that comes after it follows what goes on
        var again = (await DeployAsync("run-1", "--release-file", _shop.Join("release.txt"))).Expect(0);
        Assert.Contains("shop-2 is already going out to shop/production (shop-production-2)", again.Out);
        Assert.Equal("shop-2\n", await File.ReadAllTextAsync(_shop.Join("release.txt"), TestContext.Current.CancellationToken));
        Assert.Contains("shop-2 was made before and went out", (await DeployAsync("run-1")).Expect(0).Out);
        Assert.Equal(2, await ReleasesAsync());

        _shop.Release("v3");
        var taken = (await DeployAsync("run-1")).Expect(1).Error;
        Assert.Contains("error[release-key-taken]", taken);
        Assert.Contains("with another artifact of web", taken);
        (await DeployAsync("run-2")).Expect(0);
        Assert.Equal("v3", await _shop.VersionAsync());

        // an old run takes nothing back
        _shop.Release("v2");
        Assert.Contains("Succeeded", (await DeployAsync("run-1")).Expect(0).Out);
        Assert.Equal("v3", await _shop.VersionAsync());
        Assert.Equal(3, await ReleasesAsync());

        _shop.Release("v3");
        (await _shop.RunAsync("down")).Expect(0);
        (await _shop.RunAsync("up", _shop.App)).Expect(0);
        var made = await ReleasesAsync();
        (await _shop.RunAsync("rollback", "--to", "shop-2", "--reason", "prices")).Expect(0);
        var left = (await DeployAsync("run-2")).Expect(1).Out;
        Assert.Contains("shop-3 was left for shop-2", left);
        Assert.Contains("to take it out once more: signalbox deploy --release shop-3 --env production", left);
        Assert.Equal("v2", await _shop.VersionAsync());
        Assert.Equal(made, await ReleasesAsync());
    }

    [Fact]
    public async Task TwiceAtOnce_IsOneRelease_AndOneRollout()
    {
        (await _shop.RunAsync("up", _shop.App)).Expect(0);
        _shop.Release("v2");
        foreach (var ended in await Task.WhenAll(DeployAsync("run-1"), DeployAsync("run-1"))) Assert.Contains("Succeeded", ended.Expect(0).Out);
        Assert.Equal(2, await ReleasesAsync());
        Assert.Equal(2, (await _shop.JsonAsync("rollouts", "list")).GetArrayLength());
    }

    [Theory]
    [InlineData("--once is ''; expected 1 to 200 characters", "deploy", "--once", "")]
    [InlineData("expected one of them", "deploy", "--once", "run-1", "--release", "shop-2")]
    public async Task WhatIsNoKey_IsRefusedBeforeAnythingIsBuilt(string message, params string[] arguments) =>
        Assert.Contains(message, (await _shop.RunAsync(arguments)).Expect(2).Error);
}
