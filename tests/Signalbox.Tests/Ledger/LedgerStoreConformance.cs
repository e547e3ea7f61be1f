using System.Text;
using CsCheck;
using Signalbox.Ledger;

namespace Signalbox.Tests.Ledger;

/// <summary>What every store of the ledger does; each store's tests derive from this.</summary>
public abstract class LedgerStoreConformance : IDisposable
{
    private ILedgerStore? _store;

    protected ILedgerStore Store => _store ??= NewStore();

    protected abstract ILedgerStore NewStore();

    public virtual void Dispose()
    {
        (_store as IDisposable)?.Dispose();
        GC.SuppressFinalize(this);
    }

    internal static NewEntry Fact(string stream, int number) =>
        new(stream, "trial.happened/1", new("ci:trial"), Encoding.UTF8.GetBytes($$"""{"number":{{number}}}"""));

    [Fact]
    public void Head_OfANewLedger_IsEmpty() => Assert.Equal(LedgerHead.Empty, Store.Head);

    [Fact]
    public void Append_GivesSequencesWithoutGapsAndLinks()
    {
        var first = Store.Append(LedgerHead.Empty, [Fact("a/b", 1), Fact("c/d", 2)]);
        var second = Store.Append(Store.Head, [Fact("a/b", 3)]);

        Assert.Equal([1L, 2, 3], first.Concat(second).Select(e => e.Sequence));
        Assert.Equal(first[1].Hash, second[0].PreviousHash);
        Assert.Equal(new LedgerHead(3, second[0].Hash), Store.Head);
    }

    [Fact]
    public void Read_GivesBackExactlyWhatAppendReturned()
    {
        var written = Store.Append(LedgerHead.Empty, [Fact("a/b", 1), Fact("ü/日本 🚦", 2)]);

        var read = Store.Read(0, 10);

        Assert.Equal(written.Select(Text), read.Select(Text));
    }

    [Fact]
    public void Read_TakesAStreamAPlaceAndALimit()
    {
        Store.Append(LedgerHead.Empty, [.. Enumerable.Range(1, 10).Select(n => Fact(n % 2 == 0 ? "even" : "odd", n))]);

        Assert.Equal([4L, 6], Store.Read(2, 2, "even").Select(e => e.Sequence));
        Assert.Equal([9L, 10], Store.Read(8, 100).Select(e => e.Sequence));
        Assert.Empty(Store.Read(10, 100));
        Assert.Empty(Store.Read(0, 100, "none"));
    }

    [Fact]
    public void Append_WithAnotherHead_ThrowsAndAppendsNothing()
    {
        Store.Append(LedgerHead.Empty, [Fact("a/b", 1)]);
        var head = Store.Head;

        var conflict = Assert.Throws<LedgerConflictException>(() => Store.Append(LedgerHead.Empty, [Fact("a/b", 2)]));
        Assert.Throws<LedgerConflictException>(() => Store.Append(head with { Hash = new('f', 64) }, [Fact("a/b", 2)]));

        Assert.Equal(head, conflict.Actual);
        Assert.Equal(head, Store.Head);
        Assert.Single(Store.Read(0, 10));
    }

    [Theory]
    [InlineData("", "t/1", "p", "{}")]
    [InlineData("s", "", "p", "{}")]
    [InlineData("s", "t/1", "", "{}")]
    [InlineData("s", "t/1", "p", "{")]
    [InlineData("s", "t/1", "p", "{} {}")]
    [InlineData("s", "t/1", "p", "")]
    public void Append_OfWhatIsNoFact_IsRefusedWhole(string stream, string type, string principal, string data)
    {
        var bad = new NewEntry(stream, type, new(principal), Encoding.UTF8.GetBytes(data));

        Assert.ThrowsAny<ArgumentException>(() => Store.Append(LedgerHead.Empty, [Fact("a/b", 1), bad]));

        Assert.Equal(LedgerHead.Empty, Store.Head);
    }

    [Fact]
    public void Append_OfAHalfCharacter_IsRefused() =>
        Assert.ThrowsAny<ArgumentException>(() => Store.Append(LedgerHead.Empty, [new("s" + '\ud800', "t/1", Principal.Engine, "{}"u8.ToArray())]));

    [Fact]
    public void Append_OfTooMuchData_IsRefused()
    {
        var data = Encoding.UTF8.GetBytes('"' + new string('x', LedgerChain.MaxData) + '"');

        Assert.Throws<ArgumentException>(() => Store.Append(LedgerHead.Empty, [new("s", "t/1", Principal.Engine, data)]));
    }

    [Fact]
    public void Append_KeepsACopyOfTheCallersBuffer()
    {
        var buffer = "{\"n\":1}"u8.ToArray();
        Store.Append(LedgerHead.Empty, [new("s", "t/1", Principal.Engine, buffer)]);
        buffer[5] = (byte)'9';

        Assert.Null(LedgerVerifier.Verify(Store).Problem);
    }

    [Fact]
    public void Verify_OfAnyAppends_IsOkAndGivesTheHead()
    {
        var random = Gen.Int[0, 4].List[0, 12];
        random.Sample(batches =>
        {
            foreach (var size in batches)
                Store.Append(Store.Head, [.. Enumerable.Range(0, size).Select(n => Fact($"s/{n}", n))]);
            var verification = LedgerVerifier.Verify(Store);
            return verification.Problem is null && verification.Head == Store.Head;
        }, iter: 20, threads: 1);
    }

    [Fact]
    public void Append_FromManyThreads_LosesAndDoublesNothing()
    {
        // made before the threads ask for it
        var store = Store;
        Parallel.For(0, 40, n =>
        {
            while (true)
            {
                try
                {
                    store.Append(store.Head, [Fact("race", n)]);
                    return;
                }
                catch (LedgerConflictException)
                {
                    // somebody was first: again on the new head
                }
            }
        });

        var numbers = Store.Read(0, 100).Select(e => Encoding.UTF8.GetString(e.Data.Span)).ToHashSet();
        Assert.Equal(40, numbers.Count);
        Assert.Null(LedgerVerifier.Verify(Store).Problem);
    }

    [Fact]
    public void Checkpoints_AreKeptInOrder()
    {
        using var key = LedgerKey.Create();
        var keeps = (ILedgerCheckpoints)Store;
        Assert.Null(keeps.LastCheckpoint());
        var first = key.Sign(LedgerHead.Empty, DateTimeOffset.UnixEpoch);
        Store.Append(LedgerHead.Empty, [Fact("a/b", 1)]);
        var second = key.Sign(Store.Head, DateTimeOffset.UnixEpoch.AddDays(1));

        keeps.Add(first);
        keeps.Add(second);

        Assert.Equal([first, second], keeps.ReadCheckpoints());
        Assert.Equal(second, keeps.LastCheckpoint());
        Assert.Null(LedgerVerifier.Verify(Store, null, [second], key).Problem);
    }

    private static string Text(LedgerEntry entry) =>
        $"{entry with { Data = default }} {Encoding.UTF8.GetString(entry.Data.Span)}";
}
