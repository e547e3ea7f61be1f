using System.Globalization;
using Signalbox.Analysis;

namespace Signalbox.Bench;

/// <summary>One bar: a service, the plan it is judged by, and what must hold over its runs.</summary>
/// <param name="Judge">Says what was measured and whether the bar holds; null where the figure is only printed.</param>
internal sealed record JudgeBar(string Name, SimulatedService Service, JudgePlan Plan, Func<RunOutcome[], (string Text, bool? Held)> Judge)
{
    private static readonly JudgePlan Plain = JudgeSimulation.DefaultPlan;
    private static readonly JudgePlan WarmingUp = Plain with { WarmUp = TimeSpan.FromSeconds(10) };
    private static readonly double[] Rates = [10, 100];

    public static IEnumerable<JudgeBar> All => [.. Rates.SelectMany(Outages), .. Rates.SelectMany(Regressions), .. Healthy()];

    private static IEnumerable<JudgeBar> Outages(double rate)
    {
        var outage = new SimulatedService("", rate, CanaryBad: 1);
        yield return new($"outage, {rate}/s, with history", outage, Plain, Seconds(1));
        yield return new($"outage, {rate}/s, cold", outage with { Cold = true }, Plain, Seconds(1.5));
        yield return new($"outage, {rate}/s, bursts of five together", outage with { Clumping = Clumping.Together }, Plain, Seconds(3));
        yield return new($"outage, {rate}/s, bursts of five over 3 s", outage with { Clumping = Clumping.Spread }, Plain, Seconds(3));
        yield return new($"outage, {rate}/s, in the warm-up, cold", outage with { Cold = true }, WarmingUp, Seconds(1.5));
        yield return new($"outage from minute 10, {rate}/s, with history", outage with { Onset = 600 }, Plain, Seconds(null));
        yield return new($"hangs from its first request, {rate}/s", outage with { CanaryBad = 0.001, Hangs = true }, Plain, Seconds(1));
        yield return new($"hangs, {rate}/s, cold", outage with { CanaryBad = 0.001, Hangs = true, Cold = true }, Plain, Seconds(null));
    }

    private static IEnumerable<JudgeBar> Regressions(double rate)
    {
        var tenth = new SimulatedService("", rate, CanaryBad: 0.1);
        yield return new($"10 % against 0.1 %, {rate}/s, with history", tenth, Plain, Failed(10));
        yield return new($"10 % against 0.1 %, {rate}/s, cold", tenth with { Cold = true }, Plain, Failed(15));
        yield return new($"10 % against 0.1 %, {rate}/s, bursts of five together", tenth with { Clumping = Clumping.Together }, Plain, Failed(null));
        yield return new($"10 % against 0.1 %, {rate}/s, bursts of five over 3 s", tenth with { Clumping = Clumping.Spread }, Plain, Failed(null));
        yield return new($"1 % against 0.1 %, {rate}/s, with history", tenth with { CanaryBad = 0.01 }, Plain, Failed(null));
        yield return new($"five times as many slow requests, {rate}/s", tenth with { CanaryBad = 0.001, SlowFactor = 5 }, Plain, Failed(null));
        yield return new($"10 % against 0.1 %, {rate}/s, one client flooding", tenth with { Client = Client.Flooding }, Plain, Failed(null));
    }

    // the bar is 20 of 20,000 in a cell; each cell is run at both rates, and each rate is held to its half
    private static IEnumerable<JudgeBar> Healthy()
    {
        foreach (var rate in Rates)
        {
            var sound = new SimulatedService("", rate);
            yield return new($"healthy, clean, {rate}/s", sound, Plain, TakenBack());
            yield return new($"healthy, bursts of five together, {rate}/s", sound with { Clumping = Clumping.Together }, Plain, TakenBack());
            yield return new($"healthy, bursts of five over 3 s, {rate}/s", sound with { Clumping = Clumping.Spread }, Plain, TakenBack());
            yield return new($"healthy, shared incident, {rate}/s", sound with { SharedIncident = true }, Plain, TakenBack());
            yield return new($"healthy, one client always failing, {rate}/s", sound with { Client = Client.AlwaysFailing }, Plain, TakenBack());
            yield return new($"healthy, one client flooding, {rate}/s", sound with { Client = Client.Flooding }, Plain, TakenBack());
            yield return new($"healthy, cold, {rate}/s", sound with { Cold = true }, Plain, TakenBack());
            yield return new($"healthy, cold start: 5 s slow, {rate}/s", sound with { ColdStart = true }, Plain, TakenBack());
            yield return new($"healthy, cold start: 5 s slow, no history, {rate}/s", sound with { Cold = true, ColdStart = true }, Plain, TakenBack());
            yield return new($"healthy, cold start: 5 s slow and 5 % bad, warmUp: 10s, {rate}/s", sound with { Cold = true, ColdStart = true, ColdStartBad = 0.05 }, WarmingUp, TakenBack());
            yield return new($"healthy, no history and bursts of five, {rate}/s", sound with { Cold = true, Clumping = Clumping.Together }, Plain, Printed(TakenBack()));
            yield return new($"healthy, no errors at all, {rate}/s", sound with { StableBad = 0, CanaryBad = 0 }, Plain, Passes);
        }
    }

    private static Func<RunOutcome[], (string, bool?)> Seconds(double? bar) => runs =>
    {
        var seconds = runs.Where(r => r.Fell).Select(r => r.Seconds).Order().ToArray();
        var p95 = JudgeSimulation.Quantile(seconds, 0.95) ?? double.PositiveInfinity;
        return (Say($"first bad to last: median {JudgeSimulation.Quantile(seconds, 0.5):0.0} s, p95 {p95:0.0} s (bar {bar?.ToString("0.0", CultureInfo.InvariantCulture) ?? "none"}), {runs.Count(r => !r.Fell)} of {runs.Length} missed"),
            bar is null ? null : p95 <= bar && seconds.Length > 0.99 * runs.Length);
    };

    private static Func<RunOutcome[], (string, bool?)> Failed(double? bar) => runs =>
    {
        var mean = runs.Average(r => (double)r.Failed);
        var seconds = runs.Where(r => r.Fell).Select(r => r.Seconds).Order().ToArray();
        return (Say($"failed: mean {mean:0.0} (bar {bar?.ToString("0", CultureInfo.InvariantCulture) ?? "none"}), median {JudgeSimulation.Quantile(seconds, 0.5):0.0} s, {runs.Count(r => !r.Fell)} of {runs.Length} missed"),
            bar is null ? null : mean <= bar);
    };

    // a smaller run is held to its share of 20 in 20,000, and to one at least
    private static Func<RunOutcome[], (string, bool?)> TakenBack() => runs =>
    {
        var back = runs.Count(r => r.Fell);
        return (Say($"taken back: {back} of {runs.Length}; may advance at the end: {runs.Count(r => r.Passed) / (double)runs.Length:0.0%}"),
            back <= Math.Max(1, runs.Length / 1000));
    };

    /// <summary>The figure without a bar.</summary>
    private static Func<RunOutcome[], (string, bool?)> Printed(Func<RunOutcome[], (string Text, bool?)> judge) => runs => (judge(runs).Text, null);

    private static (string, bool?) Passes(RunOutcome[] runs) =>
        (Say($"may advance at the end: {runs.Count(r => r.Passed)} of {runs.Length}, taken back: {runs.Count(r => r.Fell)}"),
            runs.Count(r => r.Passed) >= 0.999 * runs.Length);

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
