using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Host.Api;
using Signalbox.Host.Posix;
using Signalbox.Runtimes;
using Signalbox.Runtimes.Local;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Tests.Api;

public sealed class HostDaemonTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("sbx-daemon").FullName;
    private readonly CancellationTokenSource _end = new();

    public void Dispose()
    {
        _end.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    private async Task<Task<int>> StartAsync()
    {
        var started = new TaskCompletionSource();
        var running = HostDaemon.RunAsync(new(_state) { Started = started.SetResult, SeparateUsers = false }, _end.Token);
        await await Task.WhenAny(started.Task, running);
        return running;
    }

    [Fact]
    public async Task Client_AsksEverything_UntilTheHostEnds()
    {
        var running = await StartAsync();
        using var client = new HostSocketClient(_state);
        var state = await client.ReadStateAsync(default);
        Assert.Equal((DeclaredTable.CurrentProtocol, 32), (state.Protocol, state.HostId.Length));
        Assert.Empty(state.Tracks);

        var table = new DeclaredTable(1, 1, 1, "shop/dev", null, [], FailSafeMode.Stable, 0, TimeSpan.FromSeconds(5));
        Assert.True((await client.PutAsync(table, default)).Accepted);
        Assert.True(await client.RenewLeaseAsync(new(7), default));
        Assert.False(await client.RenewLeaseAsync(new(6), default));
        Assert.Equal(PutResult.StaleEpoch, (await client.PutAsync(table with { Generation = 2 }, default)).Refusal);
        Assert.Equal(1, (await client.FallAsync(new("shop", "dev"), new("ann", "x"), default)).Generation);
        var unknown = await Assert.ThrowsAsync<SignalboxException>(() => client.FallAsync(new("no", "where"), new("ann", "x"), default));
        Assert.Equal("unknown-track", unknown.Findings[0].Id);

        await using var observations = client.ObserveAsync(state.Cursor, default).GetAsyncEnumerator();
        Assert.True(await observations.MoveNextAsync());
        Assert.Equal("shop/dev", observations.Current.Track.Track);

        var digest = Digest.Of("x"u8);
        Assert.False(await client.HasArtifactAsync(digest, default));
        await Assert.ThrowsAsync<SignalboxException>(() => client.UploadArtifactAsync(digest, new MemoryStream(new byte[1024]), default));

        await _end.CancelAsync();
        Assert.Equal(0, await running.WaitAsync(TimeSpan.FromSeconds(20)));
        await Assert.ThrowsAsync<HostUnreachableException>(() => client.ReadStateAsync(default));
    }

    [Fact]
    public async Task Shutdown_SomebodyObserves_EndsTheirStreamInsteadOfWaitingForThem()
    {
        var running = await StartAsync();
        using var client = new HostSocketClient(_state);
        var table = new DeclaredTable(1, 1, 1, "shop/dev", null, [], FailSafeMode.Stable, 0, TimeSpan.FromSeconds(5));
        await client.PutAsync(table, default);
        await using var observations = client.ObserveAsync(0, default).GetAsyncEnumerator();
        Assert.True(await observations.MoveNextAsync());
        await _end.CancelAsync();

        // a stream that is cut off instead has cost the five seconds that requests get
        var ended = await Assert.ThrowsAsync<HostUnreachableException>(async () =>
        {
            while (await observations.MoveNextAsync()) { }
        });
        Assert.Contains("ended its stream", ended.Message);
        await running.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void StateLock_PidCannotBeWritten_IsHeldAllTheSame()
    {
        Directory.CreateDirectory(Path.Combine(_state, "host.pid"));
        using var held = StateLock.Take(_state);
        Assert.ThrowsAny<IOException>(() => StateLock.Take(_state));
    }

    [Fact]
    public void StateLock_SaysWhoHasIt()
    {
        File.WriteAllText(Path.Combine(_state, "host.pid"), new string('9', 100));
        using var held = StateLock.Take(_state);
        var self = ProcessStat.Read(Environment.ProcessId)!.Value;
        Assert.Equal($"{self.Pid} {self.StartTicks}\n", File.ReadAllText(Path.Combine(_state, "host.pid")));
    }

    [Fact]
    public async Task Client_HostHasNoDisk_IsToldWhat()
    {
        var running = await StartAsync();
        using var client = new HostSocketClient(_state);
        Directory.Delete(Path.Combine(_state, "workloads"), recursive: true);
        File.WriteAllText(Path.Combine(_state, "workloads"), "in the way");
        var refused = await Assert.ThrowsAsync<SignalboxException>(() => client.UploadArtifactAsync(Digest.Of("x"u8), new MemoryStream(new byte[1024]), default));
        Assert.Contains("workloads", refused.Message);
        await _end.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task SecondHost_IsRefusedNamingTheFirst()
    {
        var running = await StartAsync();
        var refused = await Assert.ThrowsAsync<SignalboxException>(() => HostDaemon.RunAsync(new(_state), default));
        Assert.Equal(("host-already-runs", 1), (refused.Findings[0].Id, refused.ExitCode));
        Assert.Contains($"(pid {Environment.ProcessId})", refused.Message);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_state, "host.sock")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_state));
        await _end.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task TooLongPath_IsSaid()
    {
        var path = Path.Combine(_state, new string('x', 120));
        var refused = await Assert.ThrowsAsync<SignalboxException>(() => HostDaemon.RunAsync(new(path), default));
        Assert.Equal(("state-path-too-long", 2), (refused.Findings[0].Id, refused.ExitCode));
    }

    [Theory]
    [InlineData(1000u, 1000u, true)]
    [InlineData(0u, 1000u, true)]
    [InlineData(1001u, 1000u, false)]
    [InlineData(null, 1000u, false)]
    public void OnlyTheOwnUserAndRootMayAsk(uint? peer, uint self, bool may) => Assert.Equal(may, PeerCredentials.MayAsk(peer, self));
}
