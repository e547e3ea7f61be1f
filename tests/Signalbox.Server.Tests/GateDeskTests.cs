using Signalbox.Ledger;
using Signalbox.Storage;

namespace Signalbox.Server.Tests;

public sealed class GateDeskTests : IDisposable
{
    private readonly string _root = Path.Combine(Directory.CreateTempSubdirectory("signalbox-").FullName, "state");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_root)!, recursive: true);

    /// <summary>Whoever may read asks for as many as they like: two are made, the others wait and may give up.</summary>
    [Fact]
    public async Task Looks_AreTwoAtOnce()
    {
        var desk = GateDesk.Open(StateDirectory.Open(_root), new MemoryLedgerStore(TimeProvider.System));
        var (goes, begun, now, most) = (new TaskCompletionSource(), new SemaphoreSlim(0), 0, 0);
        using var stop = new CancellationTokenSource();
        var looks = Enumerable.Range(0, 20).Select(i => desk.LookAsync(
            async () =>
            {
                most = Math.Max(most, Interlocked.Increment(ref now));
                begun.Release();
                await goes.Task;
                Interlocked.Decrement(ref now);
                return i;
            },
            i == 19 ? stop.Token : TestContext.Current.CancellationToken)).ToList();
        for (var i = 0; i < 2; i++) await begun.WaitAsync(TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => looks[19]);
        goes.SetResult();
        Assert.Equal(Enumerable.Range(0, 19), await Task.WhenAll(looks.Take(19)));
        Assert.Equal(2, most);
        begun.Dispose();
    }
}
