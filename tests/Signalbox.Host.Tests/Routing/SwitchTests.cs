using System.Collections.Concurrent;
using System.Diagnostics;

namespace Signalbox.Host.Tests.Routing;

public sealed class SwitchTests
{
    /// <summary>GET and POST, keep-alive, slow ones, a backend that closes idle connections: nothing fails.</summary>
    [Fact]
    public async Task Switches_UnderLoad_FailNothingAndReachNoOldInstance()
    {
        await using var rig = await HostRig.StartAsync();
        rig.Instances.IdleClose = TimeSpan.FromSeconds(2);
        await rig.SetAsync(rig.Table(1, stable: "shop-1"));
        await rig.ReadyAsync("shop-1");
        using var end = new CancellationTokenSource();
        var wrong = new ConcurrentQueue<string>();
        var (newest, sent) = (1, 0);
        var load = Enumerable.Range(0, 8).Select(i => LoadAsync(rig, i, () => Volatile.Read(ref newest), () => Interlocked.Increment(ref sent), wrong, end.Token)).ToList();

        for (var n = 2; n <= 12; n++)
        {
            await rig.SetAsync(rig.Table((2 * n) - 2, stable: $"shop-{n - 1}", canary: $"shop-{n}"));
            await rig.ReadyAsync($"shop-{n}");
            await rig.SetAsync(rig.Table((2 * n) - 1, stable: $"shop-{n}"));
            Volatile.Write(ref newest, n);
            var until = 30 * n;
            await Eventually.Async(() => Volatile.Read(ref sent) > until, $"{until} requests up to switch {n}", seconds: 60);
        }
        await Eventually.Async(() => rig.Instances.Stopped.Count == 11, "all old instances drained and stopped");
        await end.CancelAsync();
        await Task.WhenAll(load);

        Assert.Empty(wrong);
    }

    private static async Task LoadAsync(HostRig rig, int worker, Func<int> newest, Action sent, ConcurrentQueue<string> wrong, CancellationToken end)
    {
        for (; !end.IsCancellationRequested; sent())
        {
            var least = newest();
            try
            {
                using var request = worker % 4 == 3
                    ? new HttpRequestMessage(HttpMethod.Post, rig.Url("/slow")) { Content = new StringContent("x") }
                    : new HttpRequestMessage(worker % 2 == 0 ? HttpMethod.Get : HttpMethod.Post, rig.Url("/echo")) { Content = worker % 2 == 0 ? null : new StringContent("x") };
                using var answer = await rig.Client.SendAsync(request, CancellationToken.None);
                var version = int.Parse(answer.Headers.GetValues("X-Version").Single()["shop-".Length..]);
                if (!answer.IsSuccessStatusCode) wrong.Enqueue($"{answer.StatusCode}");
                if (version < least) wrong.Enqueue($"version {version} after the switch to {least}");
                if (worker == 0) await Task.Delay(Random.Shared.Next(5), CancellationToken.None);
            }
            catch (Exception e)
            {
                wrong.Enqueue(e.Message);
            }
        }
    }

    [Fact]
    public async Task IdleClosingBackend_NeverFailsAPost()
    {
        await using var rig = await HostRig.StartAsync();
        rig.Instances.IdleClose = TimeSpan.FromSeconds(2);
        await rig.SetAsync(rig.Table(1));
        await rig.ReadyAsync("shop-1");
        for (var i = 0; i < 3; i++)
        {
            using var answer = await rig.Client.PostAsync(new Uri(rig.Url("/echo")), new StringContent("x"));
            Assert.True(answer.IsSuccessStatusCode);
            // the next request leaves in the moment in which the kept connection is gone
            await Eventually.Async(() => rig.Instances.Backend("shop-1").Connections == 0, "the idle connection closed");
        }
    }

    /// <summary>Decision 9: a swap costs no more with a thousand other services.</summary>
    [Fact]
    public async Task Swap_WithAThousandOtherServices_StaysFast()
    {
        await using var rig = await HostRig.StartAsync();
        for (var i = 0; i < 1000; i++)
            await rig.SetAsync(rig.Table(1) with { Track = $"other/{i}", Services = [rig.Table(1).Services[0] with { Listen = null, Arms = [] }] });
        await rig.SetAsync(rig.Table(1, canary: "shop-2"));
        await rig.ReadyAsync("shop-1", "shop-2");
        var (raises, falls) = (new List<double>(), new List<double>());
        for (var i = 0; i < 200; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await rig.SetAsync(rig.Table(2 + i, canary: "shop-2", percent: 50, acknowledged: i));
            raises.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            start = Stopwatch.GetTimestamp();
            rig.Tracks.Fall("shop/production", new("tester", "measured"));
            falls.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"raise, on the disk: p50 {At(raises, 50):0.000} p99 {At(raises, 99):0.000} ms; fall: p50 {At(falls, 50):0.000} p99 {At(falls, 99):0.000} ms");
        Assert.True(At(falls, 50) < 1, $"a fall takes {At(falls, 50)} ms");
    }

    private static double At(List<double> values, int percent) => values.Order().ElementAt((values.Count - 1) * percent / 100);
}
