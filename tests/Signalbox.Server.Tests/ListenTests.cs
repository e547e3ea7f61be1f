using System.Net;
using System.Text.Json;
using Signalbox.Api;
using Signalbox.Diagnostics;

namespace Signalbox.Server.Tests;

public sealed class ListenTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("signalbox-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("192.0.2.1")]
    public async Task MoreThanLoopback_IsRefusedUnlessAllowed(string address)
    {
        var error = await Assert.ThrowsAsync<SignalboxException>(() =>
            TestServer.StartAsync(options => options with { Listen = new(IPAddress.Parse(address), 7433) }, _state));
        Assert.Equal((2, "listen-not-loopback"), (error.ExitCode, error.Findings[0].Id));
        Assert.Contains("--allow-plain-http", error.Findings[0].Help, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AllAddresses_WhereAllowed_WarnsAndIsReachedFromThisMachine()
    {
        await using var test = await TestServer.StartAsync(options => options with { Listen = new(IPAddress.Any, 0), AllowPlainHttp = true }, _state);
        Assert.Contains(test.Log, line => line.Contains("in clear", StringComparison.Ordinal));
        var file = JsonSerializer.Deserialize(await File.ReadAllTextAsync(Path.Combine(_state, "control.json")), ApiJson.Default.ControlPlaneFile)!;
        Assert.StartsWith("http://127.0.0.1:", file.Address, StringComparison.Ordinal);
        using var served = await test.SendAsync("GET", "/api/v1/status");
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        Assert.Equal(421, (await test.RefusedAsync("GET", "/api/v1/status", with: r => r.Headers.Host = "box.example")).Status);
    }
}
