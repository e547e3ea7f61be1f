using System.Text.Json.Nodes;

namespace Signalbox.Cli.Tests.Browser;

/// <summary>What the page says of a state that no event told it.</summary>
[Collection("browser")]
public sealed class PageStateTests
{
    private const string Production = "#/shop/production";

    [Theory]
    [InlineData("rolling: { batch: 1, pause: 600s, bake: 1s, analysis: false }", "in (19|20) min")]
    [InlineData("blueGreen: { pause: 600s, bake: 1s, keepWarm: 60s, analysis: false }", "in (9|10) min")]
    public async Task RolloutThatPausesByTime_SaysWhenItIsOver(string strategy, string left)
    {
        await using var scene = await PageScene.StartAsync(strategy: strategy);
        var page = await scene.OpenAsync(Production);
        await scene.DeployAsync("v2");
        await page.UntilAsync($"/Over at .* at the earliest, {left}/.test(document.querySelector('.projection')?.innerText)", $"a projection of '{left}'");
    }

    /// <summary>Nothing goes out, so that no entry of the ledger tells any of it.</summary>
    [Fact]
    public async Task WhatIsWellNoMore_IsSeen_WithoutARollout()
    {
        await using var scene = await PageScene.StartAsync();
        var page = await scene.OpenAsync();
        await page.UntilTextAsync("1 of 1 ready");
        var workloads = Directory.GetFiles(Path.Combine(scene.Shop.State, "instances"), "running.json", SearchOption.AllDirectories)
            .Select(file => JsonNode.Parse(File.ReadAllText(file))!["workloadPid"]!.ToString()).ToList();
        try
        {
            await SignalAsync("STOP", workloads);
            await page.UntilTextAsync("0 of 1 ready");
            await page.UntilTextAsync("unhealthy");
            await page.EvaluateAsync($"location.hash = '{Production}'");
            await page.UntilTextAsync("unhealthy");
        }
        finally
        {
            await SignalAsync("CONT", workloads);
        }
        await page.EvaluateAsync("location.hash = '#/'");
        await page.UntilTextAsync("1 of 1 ready");
        await SignalAsync("KILL", [(await File.ReadAllTextAsync(Path.Combine(scene.Shop.State, "host.pid"))).Split(' ')[0]]);
        await page.UntilTextAsync("The host is not connected");
        await page.UntilTextAsync("unknown");
        Assert.DoesNotContain("of 1 ready", (string?)await page.EvaluateAsync("document.body.innerText"), StringComparison.Ordinal);
        (await scene.Shop.RunAsync("up", "--as-it-was")).Expect(0);
        await page.UntilTextAsync("1 of 1 ready");
        Assert.DoesNotContain("not connected", (string?)await page.EvaluateAsync("document.body.innerText"), StringComparison.Ordinal);
    }

    private static async Task SignalAsync(string signal, IEnumerable<string> processes)
    {
        using var kill = System.Diagnostics.Process.Start("kill", [$"-{signal}", .. processes]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
