using System.Diagnostics;
using System.Globalization;
using Signalbox.Analysis;

namespace Signalbox.Bench;

/// <summary>Measures the judge's bars on simulated traffic and prints each beside its bar. Exit code 1 where one is missed.</summary>
internal static class JudgeBench
{
    private const int RolloutSeconds = 900;

    // bars of the detection are checked on fewer runs: their estimates settle sooner than a rate of one in a thousand
    private const int FewerRuns = 5;

    public static int Run(string[] args)
    {
        var runs = (int)Option(args, "--runs", args.Contains("--quick") ? 40 : 10_000);
        var seed = (ulong)Option(args, "--seed", 20240607);
        var only = Array.IndexOf(args, "--only") is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : "";
        var histories = new HistoryPool(seed, Math.Clamp(runs / 10, 8, 64));
        var clock = Stopwatch.StartNew();
        var held = true;
        foreach (var bar in JudgeBar.All.Where(b => b.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
            held &= Measure(bar, bar.Service.Healthy ? runs : Math.Max(40, runs / FewerRuns), seed, histories);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds:0} s on {Environment.ProcessorCount} cores; {(held ? "every bar holds" : "a bar is missed")}"));
        return held ? 0 : 1;
    }

    private static bool Measure(JudgeBar bar, int runs, ulong seed, HistoryPool histories)
    {
        var simulated = new SimulatedRun(bar.Service, bar.Plan, histories);
        var outcomes = new RunOutcome[runs];
        Parallel.For(0, runs, i => outcomes[i] = simulated.Run(seed + (ulong)i * 7919, RolloutSeconds));
        var (text, held) = bar.Judge(outcomes);
        var mark = held switch { null => "      ", true => "holds ", false => "MISSED" };
        Console.WriteLine($"{mark} {bar.Name,-66} {text}");
        return held != false;
    }

    private static double Option(string[] args, string name, double otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length && double.TryParse(args[at + 1], CultureInfo.InvariantCulture, out var value) ? value : otherwise;
    }
}
