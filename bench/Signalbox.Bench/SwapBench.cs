using System.Diagnostics;
using Signalbox.Bench.Load;
using Signalbox.Bench.Machine;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Bench;

/// <summary>
/// How quickly a decision takes effect, under load: from the moment the control plane hands its table to the
/// host (its ledger event is written by then) to the swap, over writing the table to the disk; and the swap
/// itself. Alone, and with a thousand services of other applications on the same host.
/// </summary>
internal static class SwapBench
{
    private const int OtherTracks = 20, ServicesPerTrack = 50;
    private const string Track = "bench/swap";

    public static async Task<int> RunAsync(BenchOptions options)
    {
        var swaps = options.Number("--swaps", 2000, 60);
        var bars = new Bars();
        using var workspace = new Workspace();
        await using var host = await HostUnderTest.StartAsync(workspace);
        var app = await host.UploadAsync(Workspace.AppDirectory);
        var port = Workspace.FreePort();
        var tables = new Tables(Track, port, app, ["node", "server.js"]);
        await host.PutAsync(tables.Next((1, 100), (2, 0)));
        await host.ReadyAsync(Track, "v1");
        await host.ReadyAsync(Track, "v2");
        await MeasureAsync(bars, host, tables, new(port, workspace.PathOf("alone")), swaps, "alone");
        foreach (var (number, ports) in Workspace.FreePorts(OtherTracks * ServicesPerTrack).Chunk(ServicesPerTrack).Index())
            await host.PutAsync(Others(number, app, ports));
        await MeasureAsync(bars, host, tables, new(port, workspace.PathOf("others")), swaps, $"with {OtherTracks * ServicesPerTrack} other services");
        return bars.ExitCode;
    }

    /// <summary>Services that are configured and routed, without instances.</summary>
    private static DeclaredTable Others(int number, Delivery.Digest app, int[] ports)
    {
        var table = new Tables($"other{number}/production", null, app, ["node", "server.js"]).Next((1, 100));
        var service = table.Services[0] with { Arms = [table.Services[0].Arms[0] with { Instances = 0 }] };
        return table with { Services = [.. ports.Select(port => service with { Service = $"web-{port}", Listen = new("127.0.0.1", port) })] };
    }

    private static async Task MeasureAsync(Bars bars, HostUnderTest host, Tables tables, LoadProcess load, int swaps, string setting)
    {
        using var running = load;
        var moves = new List<Move>();
        for (var i = 0; i < swaps; i++)
        {
            // all to the canary, half of it back, then all of it: the second and third only lower
            moves.Add(await MoveAsync(host, tables, (i % 3) switch { 0 => 100, 1 => 50, _ => 0 }));
            await Task.Delay(5 + (i % 13));
        }
        Report(bars, moves, await load.StopAsync(), setting);
    }

    private static async Task<Move> MoveAsync(HostUnderTest host, Tables tables, double canary)
    {
        var table = tables.Next((1, 100 - canary), (2, canary));
        var decided = Stopwatch.GetTimestamp();
        var swap = (await host.PutAsync(table)).Swap!;
        return new(decided, MachineClock.TimestampOf(swap.At), canary, swap);
    }

    private static void Report(Bars bars, List<Move> moves, LoadReport load, string setting)
    {
        Check(bars, $"decision to swap, lowering, {setting}: p99 at most 5 ms", moves.Where(m => m.Lowers), m => m.Milliseconds, 5, "ms");
        Check(bars, $"decision to swap, raising, {setting}: p99 at most 5 ms", moves.Where(m => !m.Lowers), m => m.Milliseconds, 5, "ms");
        Check(bars, $"the swap itself, {setting}: p99 at most 100 µs", moves, m => m.Swap.Swapping.TotalMicroseconds, 100, "µs");
        var back = moves.Where(m => m.Canary == 0).Select(m => m.At).ToList();
        var next = moves.Where(m => m.Canary > 0).Select(m => m.Decided).ToList();
        var late = back.Sum(at => Reached(load, from: at, to: next.Where(n => n > at).DefaultIfEmpty(long.MaxValue).Min()));
        bars.Check($"begun after the swap away from the canary, reached it, {setting}: 0", late == 0, $"{late} over {back.Count} swaps");
        bars.Check($"failed requests, {setting}: 0", load.Failed == 0, $"{load.Failed} of {load.Records.Length} ({load.FailuresByKind})");
        Bars.Note($"already at the canary when it lost its weight, {setting}", $"{AlreadyThere(load, back)}");
    }

    private static void Check(Bars bars, string bar, IEnumerable<Move> moves, Func<Move, double> value, double limit, string unit)
    {
        var values = new Quantiles(moves.Select(value));
        bars.Check(bar, values.At(0.99) <= limit, $"p50 {values.Median:0.00} {unit}, p99 {values.At(0.99):0.00} {unit}, max {values.Max:0.0} {unit} (n {values.Count})");
    }

    private static long Reached(LoadReport load, long from, long to) =>
        load.Records.Count(r => r.Version == 2 && r.Sent > from && r.Done < to);

    private static long AlreadyThere(LoadReport load, List<long> swaps) =>
        swaps.Sum(at => (long)load.Records.Count(r => r.Version == 2 && r.Sent < at && r.Done > at));

    /// <param name="Decided">When the put was handed over, as a timestamp.</param>
    /// <param name="At">When the host swapped, likewise.</param>
    /// <param name="Canary">The canary's weight after it, percent.</param>
    private sealed record Move(long Decided, long At, double Canary, SwapTiming Swap)
    {
        public double Milliseconds => Stopwatch.GetElapsedTime(Decided, At).TotalMilliseconds;

        public bool Lowers => Canary < 100;
    }
}
