using System.Globalization;
using System.Text.Json;
using Signalbox.Bench.Machine;

namespace Signalbox.Bench;

/// <summary>
/// The drills of the native program: how long going back takes, and how long until an application answers again out of a
/// backup of a state with many releases that was taken while more were made, with everything acknowledged before it there.
/// </summary>
internal static class DrillBench
{
    private const double RollbackBar = 1, RestoreBar = 30;

    public static async Task<int> RunAsync(BenchOptions options)
    {
        var (runs, releases) = (options.Number("--runs", 20, 1), options.Number("--releases", 10_000, 50));
        var bars = new Bars();
        using var workspace = new Workspace();
        var program = workspace.CopyAlone();
        var rollbacks = new List<double>();
        for (var i = 0; i < runs; i++) rollbacks.Add(Seconds(await DrillAsync(program, "rollback")));
        bars.Check("drill rollback: every one under 1 s", rollbacks.Max() < RollbackBar, $"median {new Quantiles(rollbacks).Median:0.000} s, longest {rollbacks.Max():0.000} s (n {runs})");
        var restore = await DrillAsync(program, "restore", "--releases", releases.ToString(CultureInfo.InvariantCulture));
        var kept = restore.GetProperty("releases").GetInt32();
        bars.Check($"drill restore: {releases:N0} releases and more under 30 s", Seconds(restore) < RestoreBar && kept >= releases,
            $"{Seconds(restore):0.0} s, {kept:N0} releases restored");
        bars.Check("drill restore: nothing lost that was acknowledged before the backup", restore.GetProperty("passed").GetBoolean(),
            $"{restore.GetProperty("lostEvents").GetInt64()} releases acknowledged after it had begun are not in it");
        return bars.ExitCode;
    }

    private static async Task<JsonElement> DrillAsync(string program, params string[] drill)
    {
        var state = Path.Combine(Path.GetTempPath(), $"signalbox-bench-{Guid.NewGuid():N}");
        return JsonDocument.Parse(await Commands.RunAsync(program, ["drill", .. drill, "--format", "json", "--state", state])).RootElement;
    }

    private static double Seconds(JsonElement drill) => TimeSpan.Parse(drill.GetProperty("recovery").GetString()!, CultureInfo.InvariantCulture).TotalSeconds;
}
