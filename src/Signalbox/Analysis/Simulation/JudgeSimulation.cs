using System.Globalization;
using System.Text;

namespace Signalbox.Analysis;

/// <param name="Runs">Rollouts per scenario; peers watch the same traffic.</param>
/// <param name="Seed">The same seed gives the same table on any machine.</param>
/// <param name="Seconds">How long a rollout is watched; the slowest documented peer needs 1,200 s.</param>
public sealed record SimulationOptions(int Runs = 200, ulong Seed = 20240607, int Seconds = 1500);

/// <summary>One rule on one scenario.</summary>
/// <param name="Detected">Share of runs in which the rule took the release back; for a healthy release that is a false rollback.</param>
/// <param name="MedianSeconds">From the fault's beginning, over the runs that were taken back; null without any.</param>
/// <param name="MeanFailed">Bad canary responses until it fell, or until the end.</param>
public sealed record SimulationRow(
    string Scenario, string Rule, int Runs, bool Healthy, double Detected, double? MedianSeconds, double? P95Seconds, double MeanFailed);

/// <summary>The simulation's table.</summary>
public sealed record SimulationReport(SimulationOptions Options, IReadOnlyList<SimulationRow> Rows)
{
    public string ToText()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Options.Runs} rollouts a row, {Options.Seconds} s each, w = 10 %, seed {Options.Seed}; seconds count from the fault's beginning");
        foreach (var scenario in Rows.GroupBy(r => r.Scenario))
        {
            text.AppendLine().AppendLine(scenario.Key);
            text.AppendLine(CultureInfo.InvariantCulture, $"  {"rule",-42}{(scenario.First().Healthy ? "false rollbacks" : "detected"),16}{"median s",11}{"p95 s",9}{"failed, mean",15}");
            foreach (var row in scenario)
                text.AppendLine(CultureInfo.InvariantCulture, $"  {row.Rule,-42}{row.Detected,16:0.0%}{Seconds(row.MedianSeconds),11}{Seconds(row.P95Seconds),9}{row.MeanFailed,15:N1}");
        }
        return text.ToString();
    }

    private static string Seconds(double? seconds) => seconds?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-";
}

/// <summary>Monte-Carlo of the judge beside the peers' documented examples, on the same traffic. Deterministic by seed, parallel over cores.</summary>
public static class JudgeSimulation
{
    /// <summary>The plan every simulated rollout is judged by: the defaults of design decision 8.</summary>
    internal static JudgePlan DefaultPlan { get; } = new(
        "simulated", "canary", "stable", JudgeMode.Compare, Alpha: 0.001, ToleratedRatio: 1.25, Margin: 2.5, Beta: 0.05,
        Limit: 0.01, AgeLimit: TimeSpan.FromSeconds(10), WarmUp: TimeSpan.Zero, Latency: true);

    private static readonly SimulatedService[] Scenarios =
    [
        new("outage, 10 canary requests/s", 10, CanaryBad: 1),
        new("outage, 100 canary requests/s", 100, CanaryBad: 1),
        new("10 % against 0.1 %, 10 canary requests/s", 10, CanaryBad: 0.1),
        new("10 % against 0.1 %, 100 canary requests/s", 100, CanaryBad: 0.1),
        new("1 % against 0.1 %, 10 canary requests/s", 10, CanaryBad: 0.01),
        new("1 % against 0.1 %, 100 canary requests/s", 100, CanaryBad: 0.01),
        new("1 % against 0.1 % from minute 10, 100 canary requests/s", 100, CanaryBad: 0.01, Onset: 600),
        new("five times as many slow requests, 100 canary requests/s", 100, SlowFactor: 5),
        new("healthy, 0.1 % errors, 100 canary requests/s", 100),
        new("healthy, 1 % errors, 100 canary requests/s", 100, StableBad: 0.01, CanaryBad: 0.01),
        new("healthy, errors in bursts of five, 100 canary requests/s", 100, Clumping: Clumping.Together),
        new("healthy, a shared incident of 6 minutes, 100 canary requests/s", 100, SharedIncident: true),
    ];

    /// <param name="progress">Told each scenario's name before it runs.</param>
    public static SimulationReport Run(SimulationOptions options, IProgress<string>? progress = null)
    {
        var rows = new List<SimulationRow>();
        var histories = new HistoryPool(options.Seed, Math.Clamp(options.Runs / 10, 8, 64));
        foreach (var scenario in Scenarios)
        {
            progress?.Report(scenario.Name);
            rows.AddRange(RunScenario(scenario, options, histories));
        }
        return new(options, rows);
    }

    private static IEnumerable<SimulationRow> RunScenario(SimulatedService service, SimulationOptions options, HistoryPool histories)
    {
        var simulated = new SimulatedRun(service, DefaultPlan, histories);
        var onset = (int)(service.Onset * SimulatedRun.TicksPerSecond);
        var runs = new (int FallTick, long Failed)[options.Runs][];
        Parallel.For(0, options.Runs, i =>
        {
            var peers = PeerRule.Documented.Select(r => new PeerWatch(r)).ToArray();
            var ours = simulated.Run(options.Seed + (ulong)i * 7919, options.Seconds, (tick, requests, bad) =>
            {
                foreach (var peer in peers) peer.See(tick, requests, bad, tick >= onset);
            });
            runs[i] = [(ours.FallTick, ours.Failed), .. peers.Select(p => (p.FallTick, p.Failed))];
        });
        string[] names = ["Signalbox", .. PeerRule.Documented.Select(r => r.Name)];
        return names.Select((name, rule) => Summarise(service, name, onset, [.. runs.Select(r => r[rule])]));
    }

    private static SimulationRow Summarise(SimulatedService service, string rule, int onset, (int FallTick, long Failed)[] runs)
    {
        // a fall before the fault began is a false rollback, not a detection
        var seconds = runs.Where(r => r.FallTick >= onset).Select(r => (r.FallTick - onset + 1) / (double)SimulatedRun.TicksPerSecond).Order().ToArray();
        return new(
            service.Name, rule, runs.Length, service.Healthy, seconds.Length / (double)runs.Length,
            Quantile(seconds, 0.5), Quantile(seconds, 0.95), runs.Average(r => r.Failed));
    }

    internal static double? Quantile(double[] sorted, double q) =>
        sorted.Length == 0 ? null : sorted[Math.Min(sorted.Length - 1, (int)(q * sorted.Length))];
}
