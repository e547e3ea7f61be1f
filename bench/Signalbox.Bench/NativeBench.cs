using System.Diagnostics;
using System.Globalization;
using Signalbox.Bench.Machine;

namespace Signalbox.Bench;

/// <summary>What the native file costs: its size, how quickly it answers, what the daemons hold in memory. Copied alone into an empty directory.</summary>
internal static class NativeBench
{
    private const double Mebibyte = 1024 * 1024;

    public static async Task<int> RunAsync(BenchOptions options)
    {
        var runs = options.Number("--runs", 50, 3);
        var bars = new Bars();
        var published = Directory.GetFiles(Path.GetDirectoryName(Workspace.Signalbox)!, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length) / Mebibyte;
        bars.Check("all published files: under 60 MiB", published < 60, $"{published:0.0} MiB");
        using var workspace = new Workspace();
        var alone = workspace.CopyAlone();
        CheckTime(bars, "--version: median under 30 ms", 30, await TimeAsync(alone, runs, "--version"));
        await using var product = await ProductUnderTest.StartAsync(workspace);
        CheckTime(bars, "rollouts list: median under 80 ms", 80, await TimeAsync(alone, runs, "rollouts", "list", "--state", product.State));
        await Task.Delay(options.Quick ? TimeSpan.Zero : TimeSpan.FromSeconds(20));
        var (host, plane) = (Pss(product.Host.Id), Pss(product.Plane.Id));
        bars.Check("idle host and control plane: under 120 MiB (PSS)", host + plane < 120, $"{host + plane:0.0} MiB (host {host:0.0}, control plane {plane:0.0})");
        return bars.ExitCode;
    }

    private static void CheckTime(Bars bars, string bar, double limit, Quantiles milliseconds) =>
        bars.Check(bar, milliseconds.Median < limit, $"median {milliseconds.Median:0.0} ms, p95 {milliseconds.At(0.95):0.0} ms (n {milliseconds.Count})");

    private static async Task<Quantiles> TimeAsync(string program, int runs, params string[] arguments)
    {
        await Commands.RunAsync(program, arguments);
        var times = new List<double>();
        for (var i = 0; i < runs; i++)
        {
            var clock = Stopwatch.StartNew();
            await Commands.RunAsync(program, arguments);
            times.Add(clock.Elapsed.TotalMilliseconds);
        }
        return new(times);
    }

    /// <summary>Proportional set size: shared pages are divided among who shares them (proc(5), smaps_rollup).</summary>
    private static double Pss(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/smaps_rollup").First(l => l.StartsWith("Pss:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / Mebibyte;
    }
}
