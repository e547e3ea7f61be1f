using Signalbox.Ledger;

namespace Signalbox.Storage.Tests;

public sealed class LedgerCopyTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Copy_WhileItIsWritten_HasAllThatWasAcknowledgedBefore_AndIsWhole()
    {
        var path = Path.Combine(_directory.Root, "ledger.db");
        using var store = SqliteLedgerStore.Open(path, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var head = LedgerHead.Empty;
        var writing = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                var last = store.Append(Volatile.Read(ref head), [new("shop/production", "test/1", new("alice"), new byte[] { (byte)'{', (byte)'}' })])[^1];
                Volatile.Write(ref head, new(last.Sequence, last.Hash));
            }
        });
        for (var round = 0; round < 10; round++)
        {
            var (before, to) = (Volatile.Read(ref head), Path.Combine(_directory.Root, $"copy-{round}.db"));
            SqliteLedgerStore.Copy(path, to);
            using var copy = SqliteLedgerStore.OpenReadOnly(to);
            var verification = LedgerVerifier.Verify(copy, before.Sequence > 0 ? before : null);
            Assert.Null(verification.Problem);
            Assert.True(verification.Head.Sequence >= before.Sequence);
            Assert.Single(Directory.EnumerateFiles(_directory.Root, $"copy-{round}.db*"));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(to));
        }
        await stop.CancelAsync();
        await writing;
        Assert.True(head.Sequence > 10);
    }

    [Fact]
    public void Copy_OfWhatIsNoLedger_IsRefused()
    {
        var path = Path.Combine(_directory.Root, "ledger.db");
        File.WriteAllText(path, "not a database, but long enough to look at all of its header and more");
        Assert.Throws<StorageException>(() => SqliteLedgerStore.Copy(path, Path.Combine(_directory.Root, "copy.db")));
    }
}
