using System.Diagnostics;
using Signalbox.Api;
using Signalbox.Bench.Load;
using Signalbox.Bench.Machine;

namespace Signalbox.Bench;

/// <summary>
/// Failed requests over switches that the control plane makes by a strategy: real rollouts, one after the other, of two releases of the
/// same server, under the load of the switch bench. Rolling counts an instance that was replaced as a switch, blue/green the swap.
/// </summary>
internal static class StrategyBench
{
    private const int RolloutsPerRest = 25, RestsAtOnce = 2;

    public static async Task<int> RunAsync(string strategy, BenchOptions options)
    {
        var setup = strategy switch
        {
            "rolling" => new ProductSetup("rolling: { batch: 1, surge: 1, bake: 0s, analysis: false }", Instances: 3),
            "blueGreen" => new ProductSetup("blueGreen: { bake: 0s, keepWarm: 0s, analysis: false }", Instances: 2),
            _ => throw new ArgumentException($"the strategy is '{strategy}'; expected rolling, blueGreen or recreate"),
        };
        var perRollout = strategy == "rolling" ? setup.Instances : 1;
        var switches = options.Number("--switches", 500, 2 * perRollout);
        var limit = TimeSpan.FromMinutes(options.Number("--minutes", 60));
        var bars = new Bars();
        using var workspace = new Workspace();
        await using var product = await ProductUnderTest.StartAsync(workspace, setup);
        var load = SwitchBench.Load(product.Port);
        var (clock, rollouts) = (Stopwatch.StartNew(), new List<Served>());
        while (clock.Elapsed < limit && rollouts.Count * perRollout < switches)
        {
            rollouts.Add(await RollOutAsync(product));
            if (rollouts.Count % RolloutsPerRest == 0) await RestAsync(load, rollouts.Count);
        }
        await load.StopAsync();
        Report(bars, strategy, new(load.Logs), rollouts, rollouts.Count * perRollout, switches, clock.Elapsed);
        return bars.ExitCode;
    }

    /// <summary>One rollout from its start to its end; from then on nobody else serves.</summary>
    private static async Task<Served> RollOutAsync(ProductUnderTest product)
    {
        var began = Stopwatch.GetTimestamp();
        var ended = await product.RollOutAsync();
        return new(began, Stopwatch.GetTimestamp(), int.Parse(ended.Release.AsSpan(ended.Release.LastIndexOf('-') + 1), System.Globalization.CultureInfo.InvariantCulture));
    }

    private static async Task RestAsync(ClosedLoad load, int rollouts)
    {
        for (var i = 0; i < RestsAtOnce; i++) await SwitchBench.RestAsync([load]);
        Bars.Say($"      {rollouts} rollouts, {load.Ended} requests");
    }

    private static void Report(Bars bars, string strategy, LoadReport load, List<Served> rollouts, int done, int asked, TimeSpan time)
    {
        var late = LateAtOld(load.Records, rollouts);
        var lengths = new Quantiles(rollouts.Select(r => Stopwatch.GetElapsedTime(r.Began, r.Ended).TotalSeconds));
        Bars.Say($"{time.TotalSeconds:0} s, {load.Records.Length / time.TotalSeconds:0} requests/s");
        bars.Check($"{strategy}: at least {asked} switches", done >= asked, $"{done} switches in {rollouts.Count} rollouts");
        bars.Check("failed requests: 0", load.Failed == 0, $"{load.Failed} of {load.Records.Length} ({load.FailuresByKind})");
        bars.Check("requests begun after a rollout had ended, answered by the old release: 0", late == 0, $"{late}");
        Bars.Note("requests in flight across the end of a rollout", $"{load.InFlightAcross([.. rollouts.Select(r => r.Ended)])}");
        Bars.Note("a rollout", $"p50 {lengths.Median:0.0} s, p90 {lengths.At(0.9):0.0} s, max {lengths.Max:0.0} s");
        Bars.Note("latency beside the 400 ms requests", $"p50 {load.Milliseconds.Median:0.0} ms, p90 {load.Milliseconds.At(0.9):0.0} ms");
    }

    private static long LateAtOld(RequestRecord[] bySent, List<Served> rollouts)
    {
        var (late, next) = (0L, 0);
        foreach (var record in bySent)
        {
            while (next < rollouts.Count && rollouts[next].Ended < record.Sent) next++;
            var betweenTwo = next > 0 && (next == rollouts.Count || record.Done < rollouts[next].Began);
            if (betweenTwo && record.Version > 0 && record.Version != rollouts[next - 1].Version) late++;
        }
        return late;
    }

    private readonly record struct Served(long Began, long Ended, int Version);
}

/// <summary>
/// What recreate costs: the gap that is stated when a rollout starts, the one that the host measures, and the one that a client
/// feels who asks every few milliseconds.
/// </summary>
internal static class RecreateBench
{
    private const int StartMilliseconds = 3000;

    public static async Task<int> RunAsync(BenchOptions options)
    {
        var asked = options.Number("--switches", 12, 3);
        var bars = new Bars();
        using var workspace = new Workspace();
        await using var product = await ProductUnderTest.StartAsync(workspace, new("recreate: { bake: 0s }", Instances: 1, StartMilliseconds));
        await using var client = new PollingClient(product.Port);
        var measured = new List<(RolloutView Rollout, TimeSpan Felt)>();
        for (var i = 0; i < asked; i++)
        {
            var ended = await product.RollOutAsync();
            measured.Add((ended, await client.LongestGapAsync()));
            Bars.Say($"      {ended.Id}: stated {ended.ExpectedGap?.TotalSeconds:0.000} s, measured {ended.Gap?.TotalSeconds:0.000} s, felt {measured[^1].Felt.TotalSeconds:0.000} s");
        }
        Report(bars, measured);
        return bars.ExitCode;
    }

    private static void Report(Bars bars, List<(RolloutView Rollout, TimeSpan Felt)> measured)
    {
        var both = measured.Where(m => m.Rollout is { ExpectedGap: not null, Gap: not null }).ToList();
        var off = new Quantiles(both.Select(m => 100 * Math.Abs(m.Rollout.Gap!.Value / m.Rollout.ExpectedGap!.Value - 1)));
        var felt = new Quantiles(both.Select(m => 100 * Math.Abs(m.Felt / m.Rollout.Gap!.Value - 1)));
        bars.Check("every rollout has a gap that was stated and one that was measured", both.Count == measured.Count, $"{both.Count} of {measured.Count}");
        bars.Check("measured, of what was stated beforehand: within 10 %", off.Max <= 10, $"off by p50 {off.Median:0.0} %, max {off.Max:0.0} %");
        bars.Check("what a client felt, of what was measured: within 10 %", felt.Max <= 10, $"off by p50 {felt.Median:0.0} %, max {felt.Max:0.0} %");
    }

    /// <summary>Asks without pause, and knows how long it had no good answer.</summary>
    private sealed class PollingClient : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly HttpClient _http = new();
        private readonly Task _asking;
        private readonly Lock _gate = new();
        private long _lastGood = Stopwatch.GetTimestamp();
        private TimeSpan _longest;
        private bool _answered;

        public PollingClient(int port) => _asking = Task.Run(() => AskAsync(new($"http://127.0.0.1:{port}/")));

        /// <returns>The longest time between two good answers since it was last asked, once there is one again.</returns>
        public async Task<TimeSpan> LongestGapAsync()
        {
            lock (_gate) _answered = false;
            await Until.TrueAsync(() => Task.FromResult(Answered), "it answers");
            lock (_gate)
            {
                var longest = _longest;
                _longest = TimeSpan.Zero;
                return longest;
            }
        }

        private bool Answered
        {
            get { lock (_gate) return _answered; }
        }

        private async Task AskAsync(Uri address)
        {
            while (!_stop.IsCancellationRequested)
            {
                using var answer = await _http.GetAsync(address);
                if (answer.IsSuccessStatusCode) Good(Stopwatch.GetTimestamp());
                await Task.Delay(2);
            }
        }

        private void Good(long now)
        {
            lock (_gate)
            {
                var gap = Stopwatch.GetElapsedTime(_lastGood, now);
                if (gap > _longest) _longest = gap;
                (_lastGood, _answered) = (now, true);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _asking;
            _http.Dispose();
            _stop.Dispose();
        }
    }
}
