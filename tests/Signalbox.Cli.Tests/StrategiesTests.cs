using System.Globalization;

namespace Signalbox.Cli.Tests;

/// <summary>Every strategy with the real program, real daemons and real processes, under requests that must not fail.</summary>
public sealed class StrategiesTests
{
    private static string Yaml(int port, string strategy, int instances = 3, string more = "") => string.Create(CultureInfo.InvariantCulture, $$"""
        apiVersion: signalbox/v1
        application: shop
        services:
          web: { process: { command: [signalbox, example-app] }, port: {{port}}, instances: {{instances}}, health: { http: /healthz, interval: 200ms }, stop: { drain: 5s } }
        {{more}}
        environments:
          - name: production
            strategy: { {{strategy}} }
        """);

    [Fact]
    public async Task Rolling_ReplacesInstanceByInstance_WithoutAFailedRequest()
    {
        await using var shop = new Shop(port => Yaml(port, "rolling: { bake: 0s }"));
        (await shop.RunAsync("up", shop.App)).Expect(0);
        await using var clients = new Clients(shop.Address);
        shop.Release("v2");
        var deploy = (await shop.RunAsync("deploy", shop.App)).Expect(0);
        Assert.Contains("Succeeded", deploy.Out);
        Assert.Equal("v2", await shop.VersionAsync());
        shop.Release("v3");
        (await shop.RunAsync("deploy", shop.App)).Expect(0);
        Assert.Equal((0, "v3"), (await clients.StopAsync(), await shop.VersionAsync()));
        var history = (await shop.RunAsync("history")).Expect(0).Out;
        Assert.Contains("the old release is reduced by 33.33%, which the new one carries", history);
        Assert.Contains("the old release is reduced by 66.66%, which the new one carries", history);
        var arm = Assert.Single((await shop.JsonAsync("status")).GetProperty("tracks")[0].GetProperty("services")[0].GetProperty("arms").EnumerateArray());
        Assert.Equal((3, 3), (arm.GetProperty("desired").GetInt32(), arm.GetProperty("ready").GetInt32()));
    }

    [Fact]
    public async Task Rolling_ABadRelease_IsTakenBackInstanceByInstance()
    {
        await using var shop = new Shop(port => Yaml(port, "rolling: { pause: 60s }"));
        (await shop.RunAsync("up", shop.App)).Expect(0);
        await using var clients = new Clients(shop.Address);
        shop.Release("v2", failPercent: 100);
        var deploy = (await shop.RunAsync("deploy", shop.App)).Expect(1);
        Assert.Contains("the judge took it back", deploy.Out);
        await clients.StopAsync();
        Assert.Equal("v1", await shop.VersionAsync());
    }

    [Fact]
    public async Task BlueGreen_IsCheckedAndSeenBeforeItSwitches_AndReturnsAtOnce()
    {
        var preview = Shop.FreePort();
        using var seen = new TemporaryDirectory();
        var told = seen.Join("preview");
        await using var shop = new Shop(port => Yaml(port, string.Create(CultureInfo.InvariantCulture,
            $"blueGreen: {{ preview: {preview}, check: {{ command: [sh, -c, 'echo $PREVIEW_URL > {told}'] }}, pause: manual, bake: 0s, keepWarm: 60s }}"), instances: 2));
        (await shop.RunAsync("up", shop.App)).Expect(0);
        await using var clients = new Clients(shop.Address);
        shop.Release("v2");
        (await shop.RunAsync("deploy", shop.App, "--no-wait")).Expect(0);
        await UntilAsync(shop, "Paused");

        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{preview}");
        Assert.Equal(("v1", "v2", address), (await shop.VersionAsync(), await Shop.VersionAsync(address), File.ReadAllText(told).Trim()));
        var status = (await shop.RunAsync("status")).Expect(0).Out;
        Assert.Contains($"the new release alone at {address}", status);
        Assert.Contains("next: signalbox advance shop-production-2", status);
        (await shop.RunAsync("advance")).Expect(0);
        await UntilAsync(shop, "Succeeded");
        Assert.Equal("v2", await shop.VersionAsync());
        await Assert.ThrowsAsync<HttpRequestException>(() => Shop.VersionAsync(address));
        (await shop.RunAsync("rollback")).Expect(0);
        Assert.Equal((0, "v1"), (await clients.StopAsync(), await shop.VersionAsync()));
    }

    [Fact]
    public async Task BlueGreen_WhoseCheckFails_NeverSwitches()
    {
        await using var shop = new Shop(port => Yaml(port, "blueGreen: { check: { command: [/bin/false] } }", instances: 1));
        (await shop.RunAsync("up", shop.App)).Expect(0);
        await using var clients = new Clients(shop.Address);
        shop.Release("v2");
        Assert.Contains("the check hook failed: exit 1", (await shop.RunAsync("deploy", shop.App)).Expect(1).Out);
        Assert.Equal((0, "v1"), (await clients.StopAsync(), await shop.VersionAsync()));
        Assert.Equal(["v1"], clients.Versions);
    }

    [Fact]
    public async Task Recreate_StatesItsGapBefore_AndMeasuresIt()
    {
        await using var shop = new Shop(port => Yaml(port, "recreate: { bake: 0s }", instances: 1));
        Assert.Contains("has not been measured here yet, by its limits at most 45.0 s", (await shop.RunAsync("check", shop.App)).Expect(0).Out);
        (await shop.RunAsync("up", shop.App)).Expect(0);
        var first = (await shop.RunAsync("check", shop.App)).Expect(0).Out;
        Assert.Matches(@"production: recreate stops shop-1 before the new one starts: nobody answers for about \d+\.\d s \(shop-1 took so long to start", first);

        shop.Release("v2");
        var deploy = (await shop.RunAsync("deploy", shop.App)).Expect(0).Out;
        Assert.Contains("recreate stops shop-1 before the new one starts: nobody answers for about", deploy);
        Assert.Matches(@"nobody answered for \d+\.\d s \(about \d+\.\d s was expected\)", deploy);
        var rollout = (await shop.JsonAsync("rollouts", "list", "--limit", "1"))[0];
        Assert.True(TimeSpan.Parse(rollout.GetProperty("gap").GetString()!, CultureInfo.InvariantCulture) > TimeSpan.Zero);
        Assert.Contains("as measured here the last time", (await shop.RunAsync("check", shop.App)).Expect(0).Out);
        Assert.Contains("nobody answered for", (await shop.RunAsync("history")).Expect(0).Out);
        Assert.Equal("v2", await shop.VersionAsync());
    }

    /// <summary>A worker has no traffic: that it lives is all there is for it, and that it does not all there is against it. Both services go back together.</summary>
    [Fact]
    public async Task AWorkerThatDies_TakesItsWholeReleaseBack()
    {
        const string Services = """
              jobs: { kind: worker, process: { command: [sh, ./jobs.sh] } }
              nightly: { kind: cron, schedule: "0 3 * * *", timeZone: Europe/Paris, process: { command: [sh, ./jobs.sh] } }
            """;
        await using var shop = new Shop(port => Yaml(port, "rolling: { pause: 30s }", instances: 1, Services));
        var jobs = Path.Combine(shop.App, "jobs.sh");
        File.WriteAllText(jobs, "exec sleep 1000\n");
        (await shop.RunAsync("up", shop.App)).Expect(0);
        var status = (await shop.RunAsync("status")).Expect(0).Out;
        Assert.Contains("jobs (worker)", status);
        Assert.Contains("nightly (cron) 0 3 * * *", status);
        Assert.Contains("no failed run", status);

        shop.Release("v2");
        File.WriteAllText(jobs, "sleep 0.2; exit 3\n");
        var deploy = (await shop.RunAsync("deploy", shop.App)).Expect(1);
        Assert.Matches("its instances keep failing: .*|its workers were started again", deploy.Out);
        Assert.Equal("v1", await shop.VersionAsync());
        var services = (await shop.JsonAsync("status")).GetProperty("tracks")[0].GetProperty("services").EnumerateArray();
        Assert.All(services, service => Assert.Equal("shop-1", Assert.Single(service.GetProperty("arms").EnumerateArray(), arm => arm.GetProperty("desired").GetInt32() > 0).GetProperty("revision").GetString()));
    }

    private static async Task UntilAsync(Shop shop, string expected)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while (true)
        {
            var phase = (await shop.JsonAsync("rollouts", "list", "--limit", "1"))[0].GetProperty("phase").GetString()!;
            if (phase == expected) return;
            Assert.True(DateTimeOffset.UtcNow < deadline, $"the rollout stays {phase}");
        }
    }

    /// <summary>Users who never cease to ask.</summary>
    private sealed class Clients : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task<int> _asking;
        private readonly HashSet<string> _versions = [];

        public Clients(string address) => _asking = Task.Run(async () => (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AskAsync(new(address))))).Sum());

        public IEnumerable<string> Versions
        {
            get { lock (_versions) return [.. _versions.Order()]; }
        }

        /// <returns>How many requests failed.</returns>
        public async Task<int> StopAsync()
        {
            await _stop.CancelAsync();
            return await _asking;
        }

        private async Task<int> AskAsync(Uri address)
        {
            using var http = new HttpClient();
            var failed = 0;
            while (!_stop.IsCancellationRequested)
            {
                try
                {
                    using var answer = await http.GetAsync(address);
                    if (!answer.IsSuccessStatusCode) failed++;
                    else lock (_versions) _versions.Add(answer.Headers.GetValues("X-Version").Single());
                }
                catch (HttpRequestException)
                {
                    failed++;
                }
                await Task.Delay(10);
            }
            return failed;
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            _stop.Dispose();
        }
    }
}
