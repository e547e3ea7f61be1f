using System.Diagnostics;
using Signalbox.Api;
using Signalbox.Bench.Load;
using Signalbox.Bench.Machine;

namespace Signalbox.Bench;

/// <summary>
/// The judge at work outside of the simulation: a real release that breaks once it has a tenth of 100 requests/s is taken back by the
/// real host, and clients measure for how long they met it. Again and again: with errors of stable's own long enough for a
/// history, without, and for a release that hangs instead of failing.
/// </summary>
internal static class OutageBench
{
    private const int Connections = 200;
    private const double RequestsPerSecond = 100, AgeLimit = 3;
    private static readonly TimeSpan LoadTime = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync(BenchOptions options)
    {
        var runs = options.Number("--runs", 30, 2);
        var history = TimeSpan.FromMinutes(options.Number("--history-minutes", 12, 0));
        var bars = new Bars();
        Line[] lines =
        [
            new("outage, cold", "outage", ErrorRate: 0, TimeSpan.Zero, Bar: 1.5),
            new("outage, with history", "outage", ErrorRate: 0.001, history, Bar: 1),
            new(FormattableString.Invariant($"hangs, age limit {AgeLimit} s"), "hang", ErrorRate: 0, TimeSpan.Zero, Bar: AgeLimit + 1),
        ];
        foreach (var line in lines.Where(l => l.Name.Contains(options.Text("--only") ?? "", StringComparison.Ordinal))) await RunLineAsync(bars, line, runs);
        return bars.ExitCode;
    }

    private static async Task RunLineAsync(Bars bars, Line line, int runs)
    {
        using var workspace = new Workspace();
        await using var product = await ProductUnderTest.StartAsync(workspace, line.Setup);
        if (line.History > TimeSpan.Zero) await LoadAsync(product, line.History);
        var met = new List<Met>();
        for (var i = 0; i < runs; i++) met.Add(await BreakAsync(product));
        Report(bars, line, met);
    }

    private static async Task<Met> BreakAsync(ProductUnderTest product)
    {
        var load = LoadAsync(product, LoadTime);
        var rollout = await product.StartRolloutAsync();
        var bad = (await load).Records.Where(r => r.Outcome != Outcome.Answered && r.Version == 0).ToList();
        var ended = await product.EndAsync(rollout);
        return new(ended, bad.Count, bad.Count == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(bad[0].Sent, bad[^1].Sent));
    }

    private static async Task<LoadReport> LoadAsync(ProductUnderTest product, TimeSpan time) =>
        new(await new OpenLoad(product.Port, Connections, RequestsPerSecond).RunAsync(RequestText.Get("/"), time));

    private static void Report(Bars bars, Line line, List<Met> met)
    {
        var seconds = new Quantiles(met.Select(m => m.Time.TotalSeconds));
        var missed = met.Count(m => m.Rollout.Phase == "Succeeded" || m.Bad == 0);
        bars.Check($"{line.Name}: every release that broke was met and taken back", missed == 0, $"{met.Count - missed} of {met.Count}");
        bars.Check($"{line.Name}: first to last request that met it: p95 at most {line.Bar:0.0} s", seconds.At(0.95) <= line.Bar,
            $"p50 {seconds.Median:0.00} s, p95 {seconds.At(0.95):0.00} s, max {seconds.Max:0.00} s");
        Bars.Note($"{line.Name}: requests that met it", $"mean {met.Average(m => m.Bad):0.0}, most {met.Max(m => m.Bad)}");
    }

    /// <param name="Bar">Seconds.</param>
    private sealed record Line(string Name, string Fault, double ErrorRate, TimeSpan History, double Bar)
    {
        public ProductSetup Setup { get; } = new(
            FormattableString.Invariant($"canary: {{ steps: [{{ weight: 10%, for: 5m }}], bake: 1s, keepWarm: 1s, analysis: {{ ageLimit: {AgeLimit}s }} }}"),
            ErrorRate: ErrorRate, Fault: Fault);
    }

    /// <summary>What one release that broke did to its clients.</summary>
    private readonly record struct Met(RolloutView Rollout, int Bad, TimeSpan Time);
}
