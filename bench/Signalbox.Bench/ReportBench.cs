using System.Diagnostics;
using System.Globalization;
using Signalbox.Bench.Machine;

namespace Signalbox.Bench;

/// <summary>
/// What reading a large report costs the native file: the whole process, cold, with its JSON output thrown away. Memory is
/// the peak resident size (proc(5), VmHWM), looked at every two milliseconds. The reports are generated, the same each time.
/// </summary>
internal static class ReportBench
{
    public static async Task<int> RunAsync(BenchOptions options)
    {
        var runs = options.Number("--runs", 5, 1);
        var unit = options.Quick ? 1 : 50;
        var bars = new Bars();
        using var workspace = new Workspace();
        await MeasureAsync(bars, workspace, "Trivy", ReportFiles.Trivy, unit, runs, seconds: 1.5, mebibytes: 150);
        await MeasureAsync(bars, workspace, "Trivy", ReportFiles.Trivy, 4 * unit, runs, seconds: null, mebibytes: 256);
        await MeasureAsync(bars, workspace, "SARIF", ReportFiles.Sarif, unit, runs, seconds: null, mebibytes: 256);
        await MeasureAsync(bars, workspace, "CycloneDX, validated", ReportFiles.CycloneDx, unit, runs, seconds: null, mebibytes: 200);
        await MeasureAsync(bars, workspace, "Cobertura", ReportFiles.Cobertura, unit, runs, seconds: null, mebibytes: 200);
        return bars.ExitCode;
    }

    private static async Task MeasureAsync(Bars bars, Workspace workspace, string what, Action<TextWriter, long> write, int megabytes, int runs, double? seconds, double mebibytes)
    {
        var path = workspace.PathOf("report");
        await using (var file = new StreamWriter(path)) write(file, megabytes * 1_000_000L);
        List<(double Seconds, double Mebibytes)> measured = [];
        for (var i = 0; i < runs; i++) measured.Add(await RunOnceAsync(path));
        var time = new Quantiles(measured.Select(m => m.Seconds));
        var peak = measured.Max(m => m.Mebibytes);
        var bar = string.Create(CultureInfo.InvariantCulture, $"{what}, {megabytes} MB: {(seconds is null ? "" : $"under {seconds} s, ")}under {mebibytes} MiB");
        bars.Check(bar, peak < mebibytes && (seconds is null || time.Median < seconds), $"median {time.Median:0.00} s, slowest {time.Max:0.00} s (n {time.Count}), peak {peak:0} MiB");
        File.Delete(path);
    }

    private static async Task<(double Seconds, double Mebibytes)> RunOnceAsync(string path)
    {
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(Workspace.Signalbox, ["evidence", "read", "--format", "json", path]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        var peak = 0.0;
        while (!process.HasExited)
        {
            peak = Math.Max(peak, PeakMemory.Of(process.Id));
            await Task.Delay(2);
        }
        var seconds = clock.Elapsed.TotalSeconds;
        await output;
        return process.ExitCode == 0 ? (seconds, peak) : throw new InvalidOperationException($"evidence read ended with {process.ExitCode}");
    }
}
