using System.Globalization;

namespace Signalbox.Cli.Tests.Browser;

/// <summary>A browser before a real installation: two environments of the example, its release v1 in both, and visitors at production.</summary>
internal sealed class PageScene : IAsyncDisposable
{
    private readonly Visitors _visitors;
    private int _releases = 1;

    private PageScene(Chromium chromium, Shop shop, string address) =>
        (Chromium, Shop, Address, _visitors) = (chromium, shop, address, new(shop.Address));

    public Chromium Chromium { get; }

    public Shop Shop { get; }

    /// <summary>The control plane's.</summary>
    public string Address { get; }

    public string Token => File.ReadAllText(Path.Combine(Shop.State, "token")).Trim();

    /// <summary>Skips the test, and says why, where this machine or this build lacks what it takes.</summary>
    /// <param name="firstStep">Seconds that production's first step lasts at least; one more at most.</param>
    /// <param name="strategy">Production's, in place of that canary.</param>
    public static async Task<PageScene> StartAsync(int firstStep = 4, string? strategy = null)
    {
        Assert.SkipWhen(Chromium.Program is null, "no Chromium: apt-get install chromium");
        var shop = new Shop(port => Yaml(port, strategy ?? Canary(firstStep)));
        try
        {
            (await shop.RunAsync("up", shop.App, "--env", "staging")).Expect(0);
            (await shop.RunAsync("release", "promote", "shop-1", "--to", "production")).Expect(0);
            var address = await AddressAsync(shop);
            using var http = new HttpClient();
            var page = await http.GetStringAsync(new Uri(address));
            Assert.SkipUnless(page.Contains("<script", StringComparison.Ordinal), "this build has no page: Node was missing when it was made");
            return new(await Chromium.StartAsync(), shop, address);
        }
        catch
        {
            await shop.DisposeAsync();
            throw;
        }
    }

    private static string Canary(int firstStep) => string.Create(CultureInfo.InvariantCulture,
        $"canary: {{ steps: [{{ weight: 10%, for: {firstStep}s }}, {{ weight: 50%, pause: manual }}], bake: 1s, keepWarm: 60s, analysis: {{ maxStepTime: {firstStep + 1}s, onUndecided: advance }} }}");

    private static string Yaml(int port, string strategy) => string.Create(CultureInfo.InvariantCulture, $$"""
        apiVersion: signalbox/v1
        application: shop
        process: { command: [signalbox, example-app] }
        port: {{port}}
        health: { http: /healthz, interval: 200ms }
        environments:
          - name: staging
            port: {{Shop.FreePort()}}
            strategy: { recreate: { bake: 0s } }
          - name: production
            instances: {{(strategy.StartsWith("rolling", StringComparison.Ordinal) ? 3 : 1)}}
            strategy: { {{strategy}} }
        """);

    public static async Task<string> AddressAsync(Shop shop)
    {
        using var file = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(shop.State, "control.json")));
        return file.RootElement.GetProperty("address").GetString()!;
    }

    /// <summary>A page that has signed in by a one-time link, at a place after the #.</summary>
    public async Task<BrowserPage> OpenAsync(string place = "", int width = 1280, int height = 900, bool dark = false, string? prepare = null)
    {
        var page = await Chromium.OpenAsync(width, height, dark, prepare);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, Address + "/api/v1/login-links");
        request.Headers.Authorization = new("Bearer", Token);
        using var answer = await http.SendAsync(request);
        using var link = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        await page.GoAsync(link.RootElement.GetProperty("url").GetString()!);
        await page.UntilAsync("document.querySelector('.connection')?.innerText === 'live'", "being signed in and live");
        if (place.Length > 0) await page.EvaluateAsync($"location.hash = {BrowserPage.Quoted(place)}");
        return page;
    }

    /// <summary>The next release, on its way into production and held at its manual pause.</summary>
    public async Task DeployToPauseAsync(string version)
    {
        await DeployAsync(version);
        await RolloutAsync("Paused");
    }

    /// <summary>The next release, on its way into production.</summary>
    public async Task DeployAsync(string version) =>
        (await Shop.RunAsync("release", "promote", await DeployToStagingAsync(version), "--to", "production", "--no-wait")).Expect(0);

    /// <returns>The next release, which serves in staging alone.</returns>
    public async Task<string> DeployToStagingAsync(string version)
    {
        Shop.Release(version);
        (await Shop.RunAsync("deploy", Shop.App, "--env", "staging")).Expect(0);
        return string.Create(CultureInfo.InvariantCulture, $"shop-{++_releases}");
    }

    /// <summary>Until the newest rollout is in that phase.</summary>
    public async Task RolloutAsync(string phase)
    {
        string? seen = null;
        await Eventually.Async(
            async () => (seen = (await Shop.JsonAsync("rollouts", "list", "--limit", "1"))[0].GetProperty("phase").GetString()) == phase,
            $"the rollout is {phase}", seconds: 60, () => Task.FromResult($"it is {seen}"));
    }

    public async ValueTask DisposeAsync()
    {
        await _visitors.DisposeAsync();
        await Chromium.DisposeAsync();
        await Shop.DisposeAsync();
    }
}
