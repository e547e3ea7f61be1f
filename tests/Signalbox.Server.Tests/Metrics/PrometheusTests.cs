using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Signalbox.Server.Metrics;

namespace Signalbox.Server.Tests.Metrics;

/// <summary>The metrics against Prometheus itself: Debian's package <c>prometheus</c>, which <c>.ci/run</c> installs.</summary>
public sealed class PrometheusTests
{
    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static string Program(string program)
    {
        Assert.SkipWhen(Find(program) is null, $"{program} is not installed: apt-get install prometheus");
        return Find(program)!;
    }

    [Fact]
    public async Task Promtool_FindsNothingWrongWithTheMetrics()
    {
        var promtool = Program("promtool");
        await using var test = await TestServer.StartAsync();
        await Exposed.PrepareAsync(test);
        using var answer = await test.SendAsync("GET", "/metrics");

        var (code, said) = await RunAsync(promtool, ["check", "metrics"], await answer.Content.ReadAsStringAsync());
        Assert.True(code == 0 && said.Length == 0, said);
    }

    [Fact]
    public async Task Prometheus_ScrapesAndAnswersEveryQueryOfTheDashboard()
    {
        var prometheus = Program("prometheus");
        await using var test = await TestServer.StartAsync();
        await Exposed.PrepareAsync(test);
        var token = (await test.NewTokenAsync("metrics")).Token;
        var folder = Directory.CreateTempSubdirectory("signalbox-prometheus-").FullName;
        var port = FreePort();
        await File.WriteAllTextAsync(Path.Combine(folder, "token"), token);
        await File.WriteAllTextAsync(Path.Combine(folder, "prometheus.yml"), $$"""
            global: { scrape_interval: 1s }
            scrape_configs:
              - job_name: signalbox
                authorization: { credentials_file: {{folder}}/token }
                static_configs: [{ targets: ["{{new Uri(test.Server.Address).Authority}}"] }]
            """);
        using var process = Process.Start(new ProcessStartInfo(prometheus,
            [$"--config.file={folder}/prometheus.yml", $"--storage.tsdb.path={folder}/data", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"])
        { RedirectStandardError = true })!;
        try
        {
            using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(5) };
            await Until.TrueAsync(() => Ask(http, "signalbox_build_info") is [var one, ..] && (string?)one!["metric"]!["version"] == "0.0.0");
            Assert.Equal("1", (string?)Ask(http, "up{job=\"signalbox\"}")![0]!["value"]![1]);
            foreach (var query in GrafanaDashboard.Queries)
                Assert.NotNull(Ask(http, query.Replace("$application", ".*", StringComparison.Ordinal).Replace("$environment", ".*", StringComparison.Ordinal).Replace("$__rate_interval", "1m", StringComparison.Ordinal)));
            Assert.NotEmpty(Ask(http, "signalbox_dora_change_failure_ratio{application=\"shop\"}")!);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <returns>The result; null where Prometheus does not answer, or does not understand the query.</returns>
    private static JsonArray? Ask(HttpClient http, string query)
    {
        try
        {
            using var answer = http.GetAsync(new Uri($"/api/v1/query?query={Uri.EscapeDataString(query)}", UriKind.Relative)).Result;
            // while it starts it answers 503 in words
            if (!answer.IsSuccessStatusCode) return null;
            var body = JsonNode.Parse(answer.Content.ReadAsStringAsync().Result)!;
            return (string?)body["status"] == "success" ? body["data"]!["result"]!.AsArray() : null;
        }
        catch (AggregateException)
        {
            return null;
        }
    }

    private static async Task<(int Code, string Said)> RunAsync(string program, string[] arguments, string input)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var said = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
