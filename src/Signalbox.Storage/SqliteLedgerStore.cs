using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Signalbox.Ledger;

namespace Signalbox.Storage;

/// <summary>
/// The ledger in one SQLite file: one writer, readers that do not wait for it (WAL). An append is durable when it
/// returns (synchronous=FULL).
/// </summary>
public sealed class SqliteLedgerStore : ILedgerStore, ILedgerCheckpoints, IDisposable
{
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly SqliteConnection _writer;
    private readonly Lock _writing = new();
    private readonly ConcurrentBag<LedgerReader> _readers = [];
    private readonly LedgerReader _own;
    private readonly LedgerInserter? _inserter;
    private bool _disposed;

    private SqliteLedgerStore(string path, TimeProvider time, SqliteConnection writer, bool readOnly)
    {
        (_path, _time, _writer) = (path, time, writer);
        _own = new(writer);
        _inserter = readOnly ? null : new(writer);
    }

    /// <summary>Opens or makes the ledger at <paramref name="path"/> and brings its schema forward.</summary>
    /// <exception cref="IOException">It cannot be opened, is damaged, or a newer Signalbox wrote it.</exception>
    public static SqliteLedgerStore Open(string path, TimeProvider time) => Open(path, time, readOnly: false, maxPages: null);

    /// <summary>Opens an existing ledger to read and verify it, also while a control plane writes it.</summary>
    /// <exception cref="IOException">It is missing, cannot be opened, is damaged, or has another schema.</exception>
    public static SqliteLedgerStore OpenReadOnly(string path) => Open(path, TimeProvider.System, readOnly: true, maxPages: null);

    internal static SqliteLedgerStore Open(string path, TimeProvider time, bool readOnly, long? maxPages) => Guarded(path, () =>
    {
        var connection = SqliteDatabase.Open(path, readOnly, maxPages);
        try
        {
            if (readOnly) Migrations.Check(connection, path);
            else Migrations.Run(connection, path, time.GetUtcNow());
            return new SqliteLedgerStore(path, time, connection, readOnly);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    });

    public LedgerHead Head => Reading(reader => reader.Head());

    public IReadOnlyList<LedgerEntry> Append(LedgerHead expected, IReadOnlyList<NewEntry> entries) => Writing(inserter =>
    {
        using var transaction = _writer.BeginTransaction(deferred: false);
        var head = _own.Head(transaction);
        if (head != expected) throw new LedgerConflictException(expected, head);
        var linked = LedgerChain.Link(head, [.. entries.Select(e => e with { Data = e.Data.ToArray() })], _time.GetUtcNow());
        foreach (var entry in linked) inserter.Insert(entry, transaction);
        transaction.Commit();
        return linked;
    });

    public IReadOnlyList<LedgerEntry> Read(long after, int limit, string? stream = null) =>
        Reading(reader => reader.Read(after, limit, stream));

    public void Add(LedgerCheckpoint checkpoint) => Writing(inserter =>
    {
        inserter.Insert(checkpoint);
        return true;
    });

    public LedgerCheckpoint? LastCheckpoint() => Reading(reader => reader.LastCheckpoint());

    public IReadOnlyList<LedgerCheckpoint> ReadCheckpoints() => Reading(reader => reader.Checkpoints());

    public void Dispose()
    {
        lock (_writing)
        {
            _disposed = true;
            while (_readers.TryTake(out var reader)) reader.CloseConnection();
            _own.Dispose();
            _inserter?.Dispose();
            _writer.Dispose();
        }
    }

    /// <summary>Copies an existing ledger as it is at one moment, also while a control plane writes it: what was acknowledged before is in the copy.</summary>
    /// <param name="to">A file that does not exist yet; made with mode 0600 and synced.</param>
    /// <exception cref="IOException">The ledger cannot be read or the copy cannot be written.</exception>
    public static void Copy(string path, string to) => Guarded(path, () =>
    {
        using (var source = SqliteDatabase.Open(path, readOnly: true))
        using (var copy = SqliteDatabase.Open(to, readOnly: false))
        {
            // all pages in one step under one read transaction: writers go on in the WAL (sqlite.org/backup.html)
            source.BackupDatabase(copy);
            // one file, also once somebody has looked into it: a WAL beside it would be no part of what was digested
            SqliteDatabase.Pragma(copy, "journal_mode=delete");
        }
        using var file = new FileStream(to, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
        return true;
    });

    private T Reading<T>(Func<LedgerReader, T> read) => Guarded(_path, () =>
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_readers.TryTake(out var reader)) reader = new(SqliteDatabase.Open(_path, readOnly: true));
        try
        {
            return read(reader);
        }
        finally
        {
            if (_disposed) reader.CloseConnection();
            else _readers.Add(reader);
        }
    });

    private T Writing<T>(Func<LedgerInserter, T> write) => Guarded(_path, () =>
    {
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return write(_inserter ?? throw new IOException($"the ledger {_path} was opened to be read only"));
        }
    });

    private static T Guarded<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (SqliteException e)
        {
            throw SqliteFaults.Translate(e, path);
        }
    }
}
