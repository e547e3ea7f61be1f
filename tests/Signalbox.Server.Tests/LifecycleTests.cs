using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Signalbox.Api;
using Signalbox.Diagnostics;
using Signalbox.Ledger;
using Signalbox.Storage;

namespace Signalbox.Server.Tests;

public sealed class LifecycleTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("signalbox-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task Second_OnOneStateDirectory_IsRefusedNamingTheFirst()
    {
        await using var first = await TestServer.StartAsync(state: _state);

        var error = await Assert.ThrowsAsync<SignalboxException>(() => TestServer.StartAsync(state: _state));

        Assert.Equal((1, "control-plane-running"), (error.ExitCode, error.Findings[0].Id));
        Assert.Contains($"pid {Environment.ProcessId}", error.Message, StringComparison.Ordinal);
        Assert.Contains(first.Server.Address, error.Message, StringComparison.Ordinal);
        using var served = await first.SendAsync("GET", "/api/v1/status");
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }

    [Fact]
    public async Task ControlFile_SaysWhereItIsWhileItRuns()
    {
        var path = Path.Combine(_state, "control.json");
        await using (var test = await TestServer.StartAsync(state: _state))
        {
            var file = JsonSerializer.Deserialize(await File.ReadAllTextAsync(path), ApiJson.Default.ControlPlaneFile)!;
            Assert.Equal((test.Server.Address, Environment.ProcessId), (file.Address, file.ProcessId));
            Assert.True(file.ProcessStart > 0);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Stopped_LeavesASignedHeadThatVerifies()
    {
        await using (var test = await TestServer.StartAsync(state: _state)) await test.NewTokenAsync("read");

        var state = StateDirectory.Open(_state);
        using var key = state.LoadOrCreateKey();
        using var ledger = SqliteLedgerStore.OpenReadOnly(state.LedgerPath);
        var checkpoints = ledger.ReadCheckpoints();

        Assert.Equal(ledger.Head, checkpoints[^1].Head);
        Assert.Null(LedgerVerifier.Verify(ledger, ledger.Head, checkpoints, key).Problem);
    }

    [Fact]
    public async Task Shutdown_OverTheApi_EndsTheServer()
    {
        await using var test = await TestServer.StartAsync(state: _state);

        using var answer = await test.SendAsync("POST", "/api/v1/shutdown");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await test.Server.Stopped.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Run_EndsWithItsToken()
    {
        using var cancel = new CancellationTokenSource();
        var running = ControlPlaneServer.RunAsync(
            new(_state, "0.0.0") { Listen = new(IPAddress.Loopback, 0) }, (services, _) => Task.FromResult<IControlPlane>(new FakeControlPlane(services.Ledger)), cancel.Token);
        await Until.TrueAsync(() => File.Exists(Path.Combine(_state, "control.json")));

        await cancel.CancelAsync();

        await running.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Listen_WhereAnAskedPortIsTaken_FailsAndLetsTheStateGo()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var endpoint = (IPEndPoint)taken.LocalEndpoint;

        var error = await Assert.ThrowsAsync<SignalboxException>(() => TestServer.StartAsync(o => o with { Listen = endpoint }, _state));
        Assert.Equal((1, "address-in-use"), (error.ExitCode, error.Findings[0].Id));

        await using var other = await TestServer.StartAsync(state: _state);
    }

    [Fact]
    public void Listen_WhereTheUsualPortIsTaken_TakesOneThatIsLentToNoConnection()
    {
        using var holder = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            holder.Bind(new IPEndPoint(IPAddress.Loopback, ServeOptions.DefaultPort));
            holder.Listen();
        }
        catch (SocketException)
        {
            // something else on this machine has it: as good
        }

        Assert.InRange(ControlPlaneServer.ListenOn(new(_state, "0.0.0")).Port, 20_000, 31_999);
    }
}
