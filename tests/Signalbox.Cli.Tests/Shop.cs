using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Signalbox.Cli.Tests;

/// <summary>An installation of its own with the example application; its end ends every process of it.</summary>
internal sealed class Shop : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public Shop(string canary = "steps: [{ weight: 50%, for: 0s }], bake: 0s, keepWarm: 60s, analysis: false", string hooks = "{}")
    {
        Port = FreePort();
        _directory.Write("app/signalbox.yaml", $$"""
            apiVersion: signalbox/v1
            application: shop
            process: { command: [signalbox, example-app] }
            port: {{Port.ToString(CultureInfo.InvariantCulture)}}
            health: { http: /healthz, interval: 200ms }
            environments:
              - name: production
                strategy: { canary: { {{canary}} } }
                hooks: {{hooks}}
            """);
        Release("v1");
    }

    /// <param name="file">The whole of signalbox.yaml by the service's port.</param>
    public Shop(Func<int, string> file)
    {
        Port = FreePort();
        _directory.Write("app/signalbox.yaml", file(Port));
        Release("v1");
    }

    public int Port { get; }

    public string App => _directory.Join("app");

    public string State => _directory.Join("state");

    public string Address => $"http://127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}/";

    public void Release(string version, int failPercent = 0) =>
        _directory.Write("app/app.json", $$"""{ "version": "{{version}}", "failPercent": {{failPercent.ToString(CultureInfo.InvariantCulture)}} }""");

    public Task<Ended> RunAsync(params string[] arguments) => SignalboxProgram.RunAsync(_directory.Path, null, [.. arguments, "--state", State]);

    /// <summary>With another principal's token.</summary>
    public Task<Ended> RunAsAsync(string tokenFile, params string[] arguments) =>
        SignalboxProgram.RunAsync(_directory.Path, new Dictionary<string, string> { ["SIGNALBOX_TOKEN_FILE"] = tokenFile }, [.. arguments, "--state", State]);

    /// <summary>A line as a person pastes it into a shell that stands in a directory of this one's.</summary>
    public async Task<Ended> PasteAsync(string directory, string line)
    {
        _directory.Write("bin/signalbox", $"#!/bin/sh\nexec {SignalboxProgram.Path} \"$@\"\n");
        File.SetUnixFileMode(_directory.Join("bin/signalbox"), (UnixFileMode)0x1ed);
        using var bash = SignalboxProgram.Start("/bin/bash", _directory.Join(directory), new Dictionary<string, string>
        {
            ["PATH"] = $"{_directory.Join("bin")}:{Environment.GetEnvironmentVariable("PATH")}",
            ["SIGNALBOX_STATE"] = State,
        }, "-c", line);
        return await SignalboxProgram.EndOf(bash);
    }

    public void Write(string path, string content) => _directory.Write(path, content);

    public string Join(string path) => _directory.Join(path);

    public async Task<JsonElement> JsonAsync(params string[] arguments)
    {
        var ended = (await RunAsync([.. arguments, "--format", "json"])).Expect(0);
        return JsonDocument.Parse(ended.Out).RootElement;
    }

    public Task<string> VersionAsync() => VersionAsync(Address);

    public static async Task<string> VersionAsync(string address)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(address));
        return answer.Headers.GetValues("X-Version").Single();
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("down");
        _directory.Dispose();
    }

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
