using Microsoft.Data.Sqlite;
using Signalbox.Ledger;
using Signalbox.Tests.Ledger;

namespace Signalbox.Storage.Tests;

public sealed class SqliteLedgerStoreTests : LedgerStoreConformance
{
    private readonly TempDirectory _temp = new();

    private string LedgerFile => _temp.File("ledger.db");

    protected override ILedgerStore NewStore() => SqliteLedgerStore.Open(LedgerFile, TimeProvider.System);

    public override void Dispose()
    {
        base.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public void Reopened_ContinuesTheChain()
    {
        Store.Append(LedgerHead.Empty, [Fact("a/b", 1)]);
        ((IDisposable)Store).Dispose();

        using var again = SqliteLedgerStore.Open(LedgerFile, TimeProvider.System);
        again.Append(again.Head, [Fact("a/b", 2)]);

        Assert.Equal(2, LedgerVerifier.Verify(again).Head.Sequence);
    }

    [Theory]
    [InlineData("stream = 'x/y'", LedgerFault.Altered)]
    [InlineData("type = 'x/1'", LedgerFault.Altered)]
    [InlineData("at = at + 1", LedgerFault.Altered)]
    [InlineData("principal = 'mallory'", LedgerFault.Altered)]
    [InlineData("data = x'7b7d'", LedgerFault.Altered)]
    [InlineData("hash = zeroblob(32)", LedgerFault.Altered)]
    [InlineData("previous = zeroblob(32)", LedgerFault.BrokenLink)]
    [InlineData("sequence = 9", LedgerFault.Gap)]
    public void Verify_AfterSomeoneEditedTheFile_NamesTheEntry(string assignment, LedgerFault fault)
    {
        Store.Append(LedgerHead.Empty, [Fact("a/b", 1), Fact("a/b", 2), Fact("a/b", 3)]);
        Tamper($"update entries set {assignment} where sequence = 2");

        var problem = LedgerVerifier.Verify(Store).Problem!;

        Assert.Equal((fault, 2L), (problem.Fault, problem.Sequence));
    }

    [Fact]
    public void Verify_AfterTheTailWasDeleted_IsSeenByTheCheckpoint()
    {
        using var key = LedgerKey.Create();
        var store = (SqliteLedgerStore)Store;
        store.Append(LedgerHead.Empty, [Fact("a/b", 1), Fact("a/b", 2)]);
        store.Add(key.Sign(store.Head, DateTimeOffset.UnixEpoch));
        Tamper("delete from entries where sequence = 2");

        Assert.Equal(LedgerFault.Truncated, LedgerVerifier.Verify(store, null, store.ReadCheckpoints(), key).Problem!.Fault);
    }

    [Fact]
    public void Entries_AreGuardedAgainstOrdinarySql()
    {
        Store.Append(LedgerHead.Empty, [Fact("a/b", 1)]);

        Assert.Contains("append-only", Assert.Throws<SqliteException>(() => Execute("delete from entries")).Message, StringComparison.Ordinal);
        Assert.Contains("append-only", Assert.Throws<SqliteException>(() => Execute("update entries set at = 0")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Append_OnAFullDisk_ThrowsAppendsNothingAndGoesOnLater()
    {
        using var store = SqliteLedgerStore.Open(LedgerFile, TimeProvider.System, readOnly: false, maxPages: 24);
        var big = new NewEntry("a/b", "trial.big/1", Principal.Engine, System.Text.Encoding.UTF8.GetBytes('"' + new string('x', 9_000) + '"'));
        var head = store.Head;
        StorageException? full = null;
        while (full is null)
        {
            head = store.Head;
            full = Record.Exception(() => store.Append(head, [Fact("a/b", 1), big])) as StorageException;
        }

        Assert.Equal("ledger-disk-full", full.Id);
        Assert.Equal(head, store.Head);
        Assert.Null(LedgerVerifier.Verify(store).Problem);
        using var roomy = SqliteLedgerStore.Open(LedgerFile, TimeProvider.System);
        roomy.Append(head, [big]);
    }

    [Fact]
    public void Open_OfWhatIsNoDatabase_SaysSo()
    {
        File.WriteAllText(LedgerFile, new string('x', 8192));

        var error = Assert.Throws<StorageException>(() => SqliteLedgerStore.Open(LedgerFile, TimeProvider.System));

        Assert.Equal("ledger-corrupt", error.Id);
        Assert.Contains(LedgerFile, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OfANewerSchema_IsRefused()
    {
        _ = Store.Head;
        Execute("insert into migrations values (99, 0)");

        Assert.Equal("ledger-too-new", Assert.Throws<StorageException>(() => SqliteLedgerStore.Open(LedgerFile, TimeProvider.System)).Id);
    }

    [Fact]
    public void OpenReadOnly_ReadsBesideAWriterAndCannotWrite()
    {
        Store.Append(LedgerHead.Empty, [Fact("a/b", 1)]);
        using var reader = SqliteLedgerStore.OpenReadOnly(LedgerFile);

        Store.Append(Store.Head, [Fact("a/b", 2)]);

        Assert.Equal(Store.Head, reader.Head);
        Assert.ThrowsAny<IOException>(() => reader.Append(reader.Head, [Fact("a/b", 3)]));
    }

    [Fact]
    public void OpenReadOnly_OfNothing_SaysThatItCannotBeOpened() =>
        Assert.Equal("ledger-cannot-open", Assert.Throws<StorageException>(() => SqliteLedgerStore.OpenReadOnly(LedgerFile)).Id);

    [Fact]
    public void TwoStoresOnOneFile_SeeEachOthersHeads()
    {
        using var other = SqliteLedgerStore.Open(LedgerFile, TimeProvider.System);
        Store.Append(LedgerHead.Empty, [Fact("a/b", 1)]);

        Assert.Throws<LedgerConflictException>(() => other.Append(LedgerHead.Empty, [Fact("a/b", 2)]));
        other.Append(other.Head, [Fact("a/b", 2)]);
        Assert.Equal(2, Store.Head.Sequence);
    }

    [Fact]
    public void Open_MakesAFileThatOnlyItsOwnerReads()
    {
        Store.Append(LedgerHead.Empty, [Fact("a/b", 1)]);

        foreach (var file in Directory.GetFiles(_temp.Root))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void Readers_BesideAWriter_SeeWholeChainsOnly()
    {
        var store = Store;
        Parallel.Invoke(
            () => { for (var n = 0; n < 60; n++) store.Append(store.Head, [Fact("a/b", n), Fact("a/b", n)]); },
            () => { while (store.Head.Sequence < 120) Assert.Null(LedgerVerifier.Verify(store).Problem); },
            () => { while (store.Head.Sequence < 120) Assert.Equal(0, store.Read(0, 1000).Count % 2); });
    }

    [Fact]
    public void KilledInTheMiddleOfAppends_LosesNothingThatWasAcknowledged()
    {
        var random = new Random(7);
        var acknowledged = LedgerHead.Empty;
        for (var round = 0; round < 5; round++)
        {
            using var child = new ChildProcess("child:append", LedgerFile);
            var lines = 1 + random.Next(40);
            for (var i = 0; i < lines; i++) Assert.True(LedgerHead.TryParse(child.Output.ReadLine(), out acknowledged!));
            child.Kill();
            while (child.Output.ReadLine() is { } line && LedgerHead.TryParse(line, out var later)) acknowledged = later;

            using var survivor = SqliteLedgerStore.Open(LedgerFile, TimeProvider.System);
            var verification = LedgerVerifier.Verify(survivor, acknowledged);
            Assert.Null(verification.Problem);
            // each append wrote two entries: an odd head would be half of one
            Assert.Equal(0, verification.Head.Sequence % 2);
        }
    }

    private void Tamper(string sql) =>
        Execute($"drop trigger entries_are_not_updated; drop trigger entries_are_not_deleted; {sql}");

    private void Execute(string sql)
    {
        using var connection = SqliteDatabase.Open(LedgerFile, readOnly: false);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
