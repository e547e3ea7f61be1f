using System.Diagnostics;
using Signalbox.Bench.Load;
using Signalbox.Bench.Machine;

namespace Signalbox.Bench;

/// <summary>
/// Failed requests over switches. Every switch of Signalbox is a changed table: a fresh process of the next
/// revision, the swap, the drain, SIGTERM to the old one. Beside it, under the same load, nginx is reloaded for
/// every switch between two backends that always run. The servers are Node's, which closes idle connections
/// after 5 s; now and then everything rests for about that long and comes back at once. On the same host an application of a
/// real control plane goes out again and again, and that control plane is killed meanwhile.
/// </summary>
internal static class SwitchBench
{
    private const int SlowClients = 12, SwitchesPerRest = 100, RestsAtOnce = 2;
    private const string Track = "bench/switch";

    public static Task<int> RunAsync(BenchOptions options) => options.Text("--strategy") switch
    {
        null => RunTablesAsync(options),
        "recreate" => RecreateBench.RunAsync(options),
        var strategy => StrategyBench.RunAsync(strategy, options),
    };

    private static async Task<int> RunTablesAsync(BenchOptions options)
    {
        var switches = options.Number("--switches", 2000, 20);
        var requests = options.Number("--requests", 1_000_000, 5_000);
        var limit = TimeSpan.FromMinutes(options.Number("--minutes", 60));
        var bars = new Bars();
        using var workspace = new Workspace();
        await using var product = await ProductUnderTest.StartAsync(workspace);
        await using var host = HostUnderTest.Of(product);
        var ours = new SignalboxSwitches(host, await host.UploadAsync(Workspace.AppDirectory), Workspace.FreePort());
        using var nginx = await NginxSwitches.StartAsync(workspace);
        await ours.BeginAsync();
        var kills = new PlaneKills(product, options.Number("--kills", 10, 2));
        var loads = (Ours: Load(ours.Port), Nginx: Load(nginx.Port));
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < limit && (ours.Swaps.Count < switches || loads.Ours.Ended < requests || loads.Nginx.Ended < requests))
            await Task.WhenAll(kills.NextAsync(), SwitchAndRestAsync(ours, nginx, loads, options.Quick ? SwitchesPerRest / 10 : SwitchesPerRest));
        await Task.WhenAll(loads.Ours.StopAsync(), loads.Nginx.StopAsync());
        Report(bars, ours, nginx, loads, clock.Elapsed, switches, requests);
        await kills.ReportAsync(bars);
        return bars.ExitCode;
    }

    public static ClosedLoad Load(int port)
    {
        var load = new ClosedLoad(port);
        load.Add(40, TimeSpan.FromMilliseconds(20), RequestText.Get("/"), RequestText.Post("/", 900), RequestText.Get("/"), RequestText.Post("/", 20_000));
        load.Add(SlowClients, TimeSpan.FromMilliseconds(20), RequestText.Get("/slow"));
        return load;
    }

    private static async Task SwitchAndRestAsync(
        SignalboxSwitches ours, NginxSwitches nginx, (ClosedLoad Ours, ClosedLoad Nginx) loads, int switches)
    {
        for (var i = 0; i < switches; i++) await Task.WhenAll(ours.SwitchAsync(), nginx.SwitchAsync());
        for (var i = 0; i < RestsAtOnce; i++) await RestAsync([loads.Ours, loads.Nginx]);
        Bars.Say($"      {ours.Swaps.Count} switches, {loads.Ours.Ended} and {loads.Nginx.Ended} requests");
    }

    /// <summary>Around 5 s, so that requests meet connections that Node is just closing.</summary>
    public static async Task RestAsync(ClosedLoad[] loads)
    {
        foreach (var load in loads) load.Rest();
        await Task.Delay(TimeSpan.FromMilliseconds(4950 + Random.Shared.Next(600)));
        foreach (var load in loads) load.Resume();
    }

    private static void Report(
        Bars bars, SignalboxSwitches ours, NginxSwitches nginx, (ClosedLoad Ours, ClosedLoad Nginx) loads, TimeSpan time, int switches, int requests)
    {
        var (mine, other) = (new LoadReport(loads.Ours.Logs), new LoadReport(loads.Nginx.Logs));
        var swaps = ours.Swaps.Select(s => s.At).ToList();
        var across = mine.InFlightAcross(swaps);
        var late = LateAtOld(mine.Records, ours.Swaps);
        Bars.Say($"{time.TotalSeconds:0} s; Signalbox {mine.Records.Length / time.TotalSeconds:0} requests/s, nginx {other.Records.Length / time.TotalSeconds:0}");
        bars.Check($"at least {switches} switches and {requests} requests", swaps.Count >= switches && mine.Records.Length >= requests, $"{swaps.Count} switches, {mine.Records.Length} requests");
        bars.Check($"at least {switches * 10} requests in flight across a switch", across >= switches * 10L, $"{across}");
        bars.Check("failed requests: 0", mine.Failed == 0, $"{mine.Failed} ({mine.FailuresByKind})");
        bars.Check("requests begun after the swap that reached the old version: 0", late == 0, $"{late}");
        Bars.Note("latency beside the 400 ms requests, Signalbox and nginx", $"p50 {mine.Milliseconds.Median:0.0} and {other.Milliseconds.Median:0.0} ms, p90 {mine.Milliseconds.At(0.9):0.0} and {other.Milliseconds.At(0.9):0.0} ms");
        Bars.Note("nginx, reload per switch: failed requests", $"{other.Failed} of {other.Records.Length} over {nginx.Moments.Count} reloads ({other.FailuresByKind})");
        Bars.Note("nginx: requests in flight across a reload", $"{other.InFlightAcross(nginx.Moments)}");
        Bars.Note("nginx: answered by the old version 100 ms after the reload was asked for", $"{nginx.LateAtOld(other.Records)}");
    }

    private static long LateAtOld(RequestRecord[] bySent, List<(long At, int To)> swaps)
    {
        var (late, next) = (0L, 0);
        foreach (var record in bySent)
        {
            while (next < swaps.Count && swaps[next].At < record.Sent) next++;
            if (next > 0 && record.Version > 0 && record.Version < swaps[next - 1].To) late++;
        }
        return late;
    }

    /// <summary>Kills of the control plane within rollouts of its own application; every other time it stays away for longer than the lease.</summary>
    private sealed class PlaneKills
    {
        private static readonly TimeSpan Within = TimeSpan.FromSeconds(3);

        private readonly ProductUnderTest _product;
        private readonly ClosedLoad _load;
        private readonly Random _random = new(1);
        private readonly int _asked;
        private int _done;

        public PlaneKills(ProductUnderTest product, int asked)
        {
            (_product, _asked, _load) = (product, asked, new(product.Port));
            _load.Add(4, TimeSpan.FromMilliseconds(20), RequestText.Get("/"), RequestText.Post("/", 900));
            _load.Add(2, TimeSpan.Zero, RequestText.Get("/slow"));
        }

        public async Task NextAsync()
        {
            if (_done == _asked) return;
            await _product.StartRolloutAsync();
            await Task.Delay(Within * _random.NextDouble());
            _product.KillPlane();
            if (++_done % 2 == 0) await Task.Delay(ProductUnderTest.LossOfContact + TimeSpan.FromSeconds(1));
            await _product.RestartPlaneAsync();
        }

        public async Task ReportAsync(Bars bars)
        {
            await _load.StopAsync();
            var report = new LoadReport(_load.Logs);
            bars.Check($"{_asked} kills of the control plane meanwhile, half of them for longer than the lease", _done >= _asked, $"{_done}");
            bars.Check("failed requests of its own application: 0", report.Failed == 0, $"{report.Failed} of {report.Records.Length} ({report.FailuresByKind})");
        }
    }

    /// <summary>Switches of a real host.</summary>
    private sealed class SignalboxSwitches(HostUnderTest host, Delivery.Digest app, int port)
    {
        private readonly Tables _tables = new(Track, port, app, ["node", "server.js"]);
        private int _revision = 1;

        public int Port => port;

        public List<(long At, int To)> Swaps { get; } = [];

        public async Task BeginAsync()
        {
            await host.PutAsync(_tables.Next((_revision, 100)));
            await host.ReadyAsync(Track, Tables.NameOf(_revision));
        }

        public async Task SwitchAsync()
        {
            var (from, to) = (_revision, ++_revision);
            await host.PutAsync(_tables.Next((from, 100), (to, 0)));
            await host.ReadyAsync(Track, Tables.NameOf(to));
            var result = await host.PutAsync(_tables.Next((to, 100)));
            Swaps.Add((MachineClock.TimestampOf(result.Swap!.At), to));
        }
    }

    /// <summary>Reloads of an nginx before two servers.</summary>
    private sealed class NginxSwitches : IDisposable
    {
        private static readonly long Settled = Stopwatch.Frequency / 10;

        private readonly List<Daemon> _backends = [];
        private NginxSplit _proxy = null!;

        public int Port { get; } = Workspace.FreePort();

        public List<long> Moments { get; } = [];

        public static async Task<NginxSwitches> StartAsync(Workspace workspace)
        {
            var switches = new NginxSwitches();
            int[] ports = [Workspace.FreePort(), Workspace.FreePort()];
            for (var i = 0; i < ports.Length; i++) switches._backends.Add(NodeServer.Start(workspace, i + 1, ports[i]));
            foreach (var port in ports) await Until.ListensAsync(port);
            switches._proxy = new(workspace, switches.Port, ports);
            await Until.ListensAsync(switches.Port);
            return switches;
        }

        public async Task SwitchAsync()
        {
            Moments.Add(Stopwatch.GetTimestamp());
            await _proxy.SwitchAsync(Moments.Count % 2);
        }

        public long LateAtOld(RequestRecord[] bySent)
        {
            var (late, next) = (0L, 0);
            foreach (var record in bySent)
            {
                while (next < Moments.Count && Moments[next] + Settled < record.Sent) next++;
                var duringReload = next < Moments.Count && Moments[next] < record.Sent;
                if (next > 0 && !duringReload && record.Version > 0 && record.Version != (next % 2) + 1) late++;
            }
            return late;
        }

        public void Dispose()
        {
            _proxy.Dispose();
            foreach (var backend in _backends) backend.Dispose();
        }
    }
}
