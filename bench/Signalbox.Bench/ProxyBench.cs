using System.Globalization;
using System.Text.RegularExpressions;
using Signalbox.Bench.Load;
using Signalbox.Bench.Machine;

namespace Signalbox.Bench;

/// <summary>
/// Signalbox's proxy beside a bare YARP forwarder (published the same way), nginx and HAProxy, all before one and
/// the same backend, in interleaved rounds: what the machine does meanwhile hits all of them alike.
/// </summary>
internal static partial class ProxyBench
{
    private const int Connections = 32;
    private const double Rate = 1000;

    public static async Task<int> RunAsync(BenchOptions options)
    {
        var rounds = options.Number("--rounds", 12, 2);
        var seconds = options.Number("--seconds", 8, 1);
        using var workspace = new Workspace();
        await using var proxies = await ProxiesUnderTest.StartAsync(workspace);
        var series = proxies.All.ToDictionary(p => p.Name, _ => new Series());
        for (var round = 0; round < rounds; round++)
            foreach (var proxy in proxies.All.OrderBy(_ => Random.Shared.Next()))
                await MeasureAsync(proxy, series[proxy.Name], seconds);
        return Report(series, rounds, seconds);
    }

    private static async Task MeasureAsync(ProxyUnderTest proxy, Series series, int seconds)
    {
        var before = proxy.CpuSeconds();
        var (requests, rate) = await SaturateAsync(proxy.Port, seconds);
        series.Throughput.Add(rate);
        series.CpuMicroseconds.Add((proxy.CpuSeconds() - before) * 1e6 / requests);
        var open = new OpenLoad(proxy.Port, Connections, Rate);
        var report = new LoadReport(await open.RunAsync(RequestText.Get("/"), TimeSpan.FromSeconds(seconds)));
        series.P50.Add(report.Milliseconds.Median);
        series.P99.Add(report.Milliseconds.At(0.99));
        series.Failed += report.Failed;
    }

    private static async Task<(long Requests, double PerSecond)> SaturateAsync(int port, int seconds)
    {
        var output = await Commands.RunAsync("wrk", "-t1", $"-c{Connections}", $"-d{seconds}s", $"http://127.0.0.1:{port}/");
        if (output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal))
            throw new InvalidOperationException("wrk saw errors:\n" + output);
        return ((long)Number(RequestsLine(), output), Number(RateLine(), output));
    }

    private static double Number(Regex pattern, string output) => double.Parse(pattern.Match(output).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex RequestsLine();

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex RateLine();

    private static int Report(Dictionary<string, Series> series, int rounds, int seconds)
    {
        var bars = new Bars();
        var (ours, bare, direct) = (series[ProxiesUnderTest.Signalbox], series[ProxiesUnderTest.Bare], series[ProxiesUnderTest.Direct]);
        Bars.Say($"{rounds} rounds of {seconds} s each way; saturation with {Connections} connections, latency at {Rate} requests/s; medians");
        foreach (var (name, each) in series)
            Bars.Note(name, $"{Median(each.Throughput),7:0} requests/s, {Median(each.CpuMicroseconds),5:0.0} µs CPU a request, p50 {Median(each.P50):0.000} ms, p99 {Median(each.P99):0.00} ms, failed {each.Failed}");
        var cpu = Ratios(ours.CpuMicroseconds, bare.CpuMicroseconds);
        var (cpuLow, cpuHigh) = cpu.MedianInterval();
        bars.Check("CPU a request, of the bare forwarder's: at most 1.10", cpu.Median <= 1.10, $"{cpu.Median:0.000} (95 %: {cpuLow:0.000} to {cpuHigh:0.000})");
        var throughput = Ratios(ours.Throughput, bare.Throughput);
        var (low, high) = throughput.MedianInterval();
        bars.Check("throughput, of the bare forwarder's: at least 0.95", throughput.Median >= 0.95, $"{throughput.Median:0.000} (95 %: {low:0.000} to {high:0.000})");
        var added = Median(ours.P99) - Median(direct.P99);
        Bars.Aim($"p99 added at {Rate} requests/s: 3 ms", added <= 3, $"{added:0.00} ms (bare forwarder {Median(bare.P99) - Median(direct.P99):0.00} ms)");
        return bars.ExitCode;
    }

    private static double Median(List<double> values) => new Quantiles(values).Median;

    /// <summary>Round by round, so that what the machine did in a round divides out.</summary>
    private static Quantiles Ratios(List<double> ours, List<double> theirs) => new(ours.Zip(theirs, (a, b) => a / b));

    private sealed class Series
    {
        public List<double> Throughput { get; } = [];

        public List<double> CpuMicroseconds { get; } = [];

        public List<double> P50 { get; } = [];

        public List<double> P99 { get; } = [];

        public long Failed { get; set; }
    }
}
