using System.Diagnostics;
using Signalbox.Bench.Load;
using Signalbox.Bench.Machine;

namespace Signalbox.Bench;

/// <summary>
/// kill -9, under load. The control plane dies at random instants of rollouts, a tenth of the times for longer
/// than the lease: no request fails, and whatever the API acknowledged is in the ledger. Then the host dies: the
/// workloads live on and serve again soon.
/// </summary>
internal static class CrashBench
{
    private const int OutsideLeaseEvery = 10;
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(4.5);

    public static async Task<int> RunAsync(BenchOptions options)
    {
        var kills = options.Number("--kills", 100, 3);
        var hostKills = options.Number("--host-kills", 20, 2);
        var bars = new Bars();
        using var workspace = new Workspace();
        await using var product = await ProductUnderTest.StartAsync(workspace);
        var load = new ClosedLoad(product.Port);
        load.Add(12, TimeSpan.FromMilliseconds(20), RequestText.Get("/"), RequestText.Post("/", 900));
        load.Add(4, TimeSpan.Zero, RequestText.Get("/slow"));
        var acknowledged = new Acknowledged();
        var random = new Random(1);
        for (var kill = 1; kill <= kills; kill++) await KillPlaneAsync(product, acknowledged, random, kill);
        await load.StopAsync();
        var report = new LoadReport(load.Logs);
        bars.Check($"failed requests over {kills} kills of the control plane: 0", report.Failed == 0, $"{report.Failed} of {report.Records.Length} ({report.FailuresByKind})");
        await CheckLedgerAsync(bars, product, acknowledged, kills);
        await KillHostsAsync(bars, product, hostKills);
        return bars.ExitCode;
    }

    private static async Task KillPlaneAsync(ProductUnderTest product, Acknowledged acknowledged, Random random, int kill)
    {
        var track = await product.Api.TrackAsync(ProductUnderTest.Application, ProductUnderTest.Environment);
        var next = ProductUnderTest.Releases.First(r => r != track?.Stable);
        var started = await product.Api.StartAsync(ProductUnderTest.Application, ProductUnderTest.Environment, next);
        if (started is not null) acknowledged.Rollouts.Add(started.Id);
        // the one that a kill left paused goes on
        var rollout = started?.Id ?? (track?.Rollout is { EndedAt: null } left ? left.Id : null);
        using var stop = new CancellationTokenSource();
        var commands = rollout is null ? Task.CompletedTask : CommandAsync(product.Api, rollout, acknowledged, random.Next(), stop.Token);
        await Task.Delay(LongestRun * random.NextDouble(), CancellationToken.None);
        product.KillPlane();
        await stop.CancelAsync();
        await commands;
        if (kill % OutsideLeaseEvery == 0) await Task.Delay(ProductUnderTest.LossOfContact + TimeSpan.FromSeconds(1), CancellationToken.None);
        await product.RestartPlaneAsync();
    }

    /// <summary>Pauses and resumes, each with a reason that can be found again, and notes the ledger's heads.</summary>
    private static async Task CommandAsync(ControlPlaneApi api, string rollout, Acknowledged acknowledged, int seed, CancellationToken stop)
    {
        var random = new Random(seed);
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var reason = $"bench {rollout} {seed} {i}.";
            if (await api.CommandAsync(rollout, i % 2 == 0 ? "resume" : "pause", reason) is not null) acknowledged.Texts.Add(reason);
            if (await api.HeadAsync() is { } head) acknowledged.Heads.Add(head);
            await Task.Delay(random.Next(150), CancellationToken.None);
        }
    }

    private static async Task CheckLedgerAsync(Bars bars, ProductUnderTest product, Acknowledged acknowledged, int kills)
    {
        var entries = await product.Api.LedgerAsync();
        var text = string.Join('\n', entries.Select(e => e.Data.ToString()));
        var heads = entries.Select(e => $"{e.Sequence}:{e.Hash}").ToHashSet();
        var lost = acknowledged.Texts.Concat(acknowledged.Rollouts).Count(t => !text.Contains(t, StringComparison.Ordinal)) + acknowledged.Heads.Count(h => !heads.Contains(h));
        bars.Check("lost acknowledged events: 0", lost == 0 && acknowledged.Texts.Count >= kills, $"{lost} of {acknowledged.Rollouts.Count} rollouts, {acknowledged.Texts.Count} commands and {acknowledged.Heads.Count} heads");
        var verified = await product.CliAsync("ledger", "verify");
        bars.Check("the ledger verifies", verified.Contains("whole", StringComparison.Ordinal), $"{verified.Split('\n')[0]}");
        Bars.Note("rollouts by outcome", $"{string.Join(", ", ((await product.Api.RolloutsAsync()) ?? []).CountBy(r => r.Phase).Select(p => $"{p.Value} {p.Key}"))}");
    }

    private static async Task KillHostsAsync(Bars bars, ProductUnderTest product, int kills)
    {
        var times = new List<double>();
        var survived = 0;
        for (var i = 0; i < kills; i++)
        {
            var before = await PidAsync(product.Port);
            var killed = Stopwatch.GetTimestamp();
            product.KillAndRestartHost();
            await Until.TrueAsync(async () => await PidAsync(product.Port) is not null, "the host serves again", everyMs: 2);
            times.Add(Stopwatch.GetElapsedTime(killed).TotalMilliseconds);
            if (before is not null && await PidAsync(product.Port) == before) survived++;
            // a host that has just come back is not what dies in practice
            await Task.Delay(500);
        }
        var outage = new Quantiles(times);
        bars.Check($"workloads that lived on over {kills} kills of the host: all", survived == kills, $"{survived}");
        bars.Check("serving again after a kill of the host: p95 at most 1 s", outage.At(0.95) <= 1000, $"p50 {outage.Median:0} ms, p95 {outage.At(0.95):0} ms, max {outage.Max:0} ms");
    }

    /// <returns>Null where no answer came.</returns>
    private static async Task<string?> PidAsync(int port)
    {
        using var http = new HttpClient();
        try
        {
            return await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/pid"));
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>What the API said yes to.</summary>
    private sealed class Acknowledged
    {
        public List<string> Rollouts { get; } = [];

        public List<string> Texts { get; } = [];

        public HashSet<string> Heads { get; } = [];
    }
}
