using System.Text;
using Signalbox.Delivery;
using Signalbox.Evidence;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Server.Tests.Metrics;
using Signalbox.Storage;

namespace Signalbox.Server.Tests;

public sealed class GateDeskTests : IDisposable
{
    private readonly string _root = Path.Combine(Directory.CreateTempSubdirectory("signalbox-").FullName, "state");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_root)!, recursive: true);

    /// <summary>The proof of a release that is out needs the evidence that let it out, also where that was withdrawn later.</summary>
    [Fact]
    public async Task Start_WithLittleRoom_KeepsWhatLetAReleaseOut()
    {
        const int capacity = 8000;
        var ledger = new MemoryLedgerStore(TimeProvider.System);
        var desk = GateDesk.Open(StateDirectory.Open(_root), ledger, capacity);
        var records = new List<EvidenceRecord>();
        foreach (var name in (string[])["let-out", "denied", "in-force"]) records.Add(await TakeAsync(desk, ledger, name));
        foreach (var record in records.Take(2)) ledger.Append(ledger.Head, [EvidenceEvents.Withdrawn(record.Id, "too much", new("bob"))]);
        ledger.Append(ledger.Head, [Exposed.Decision(DateTimeOffset.UnixEpoch, "staging", GateVerdict.Allow, records[0].Id), Exposed.Decision(DateTimeOffset.UnixEpoch, "production", GateVerdict.Deny, records[1].Id)]);
        var again = GateDesk.Open(StateDirectory.Open(_root), ledger, capacity);
        Assert.Equal([true, false, true], records.Select(record => IsThere(again, record.Content.Digest)));
        Assert.All(records, record => Assert.True(IsThere(again, record.Facts)));
    }

    private static bool IsThere(GateDesk desk, Digest content)
    {
        using var stream = desk.Contents.Open(content);
        return stream is not null;
    }

    private static async Task<EvidenceRecord> TakeAsync(GateDesk desk, MemoryLedgerStore ledger, string name)
    {
        var report = $"SF:{name}.js\n{string.Concat(Enumerable.Range(100, 150).Select(line => $"DA:{line},1\n"))}LF:150\nLH:150\nend_of_record\n";
        var taken = await desk.Intake.TakeAsync(
            new MemoryStream(Encoding.UTF8.GetBytes(report)), new(null, name, [Digest.Of("subject"u8)], null, DateTimeOffset.UnixEpoch), new(EvidenceOrigin.File, name), new("ci"),
            entry =>
            {
                foreach (var appended in ledger.Append(ledger.Head, [entry])) desk.Apply(appended);
                return Task.CompletedTask;
            },
            TestContext.Current.CancellationToken);
        return desk.Evidence.Find(taken.Id)!;
    }

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
