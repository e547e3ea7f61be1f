namespace Signalbox.Cli.Tests;

/// <summary>A rollout as a person at a terminal sees it.</summary>
public sealed class WatchTests
{
    private const string Paused = "steps: [{ weight: 50%, pause: manual }], bake: 0s, keepWarm: 60s";

    [Fact]
    public async Task Watch_OnATerminal_RedrawsFoldsAndLeavesItAsItWas()
    {
        await using var shop = await OutAsync();
        await using (var terminal = TerminalSession.Start(100, 30, null, "watch", "--state", shop.State))
        {
            await terminal.UntilAsync(screen => screen.Redraws > 2 && screen.Words.Contains("waiting for `signalbox advance`", StringComparison.Ordinal) && Requests(screen) > 40, "the paused rollout with its requests");
            Assert.True(terminal.See(screen => !screen.CursorShown && screen.AnyColour));
            Assert.Single(terminal.See(screen => screen.Lines), line => line.StartsWith("shop/production", StringComparison.Ordinal));
            Picture.Verify("watch", "signalbox watch: a rollout at a manual pause", terminal.See(screen => screen.Cells.Where((_, i) => i > 0 && screen.Lines[i].Length > 0).Select(row => row.ToArray()).ToList()));

            await terminal.ResizeAsync(40);
            await terminal.UntilAsync(screen => screen.Lines.Any(line => line.StartsWith("      ", StringComparison.Ordinal) && line.EndsWith(" bad", StringComparison.Ordinal)), "arms folded to 40 columns");
            await terminal.UntilAsync(screen => screen.Words.Contains("signalbox abort shop-production-2 takes it back", StringComparison.Ordinal), "the next step");
            Assert.Single(terminal.See(screen => screen.Lines), line => line.StartsWith("shop/production", StringComparison.Ordinal));

            await terminal.TypeAsync('\u0003');
            Assert.Equal(130, await terminal.EndAsync());
            Assert.Contains("the rollout goes on: signalbox watch shop-production-2", terminal.See(screen => string.Concat(screen.Lines)));
            Assert.True(terminal.See(screen => screen.CursorShown && screen.Wraps));
        }
        await AdvanceWithoutColourAsync(shop);
    }

    private static async Task AdvanceWithoutColourAsync(Shop shop)
    {
        await using var terminal = TerminalSession.Start(80, 24, new Dictionary<string, string> { ["NO_COLOR"] = "1" }, "watch", "--state", shop.State);
        await terminal.UntilAsync(screen => screen.Text.Contains("0 bad", StringComparison.Ordinal), "the arms in 80 columns");
        (await shop.RunAsync("advance")).Expect(0);
        Assert.Equal(0, await terminal.EndAsync());
        Assert.Contains("Succeeded", terminal.See(screen => screen.Text));
        Assert.True(terminal.See(screen => screen is { CursorShown: true, Wraps: true, AnyColour: false }));
    }

    /// <summary>v2 at its pause, with requests to both versions.</summary>
    private static async Task<Shop> OutAsync()
    {
        var shop = new Shop(Paused);
        (await shop.RunAsync("up", shop.App)).Expect(0);
        shop.Release("v2");
        (await shop.RunAsync("deploy", shop.App, "--no-wait")).Expect(0);
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while ((await shop.JsonAsync("rollouts", "list", "--limit", "1"))[0].GetProperty("phase").GetString() != "Paused") Assert.True(DateTimeOffset.UtcNow < deadline);
        for (var i = 0; i < 60; i++) await shop.VersionAsync();
        return shop;
    }

    /// <summary>Of both arms, as shown.</summary>
    private static int Requests(TerminalModel screen) => screen.Lines
        .Where(line => line.Contains(" ready ", StringComparison.Ordinal) && line.Contains(" requests ", StringComparison.Ordinal))
        .Sum(line => int.Parse(line[..line.IndexOf(" requests ", StringComparison.Ordinal)].Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture));
}
