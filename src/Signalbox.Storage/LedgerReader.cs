using Microsoft.Data.Sqlite;
using Signalbox.Ledger;

namespace Signalbox.Storage;

/// <summary>Prepared reads on one connection; used by one thread at a time.</summary>
internal sealed class LedgerReader(SqliteConnection connection) : IDisposable
{
    private const string Columns = "select sequence, stream, type, at, principal, data, previous, hash from entries";

    private readonly SqliteCommand _head = Command(connection, "select sequence, hash from entries order by sequence desc limit 1");
    private readonly SqliteCommand _all = Command(connection, $"{Columns} where sequence > $after order by sequence limit $limit", "$after", "$limit");
    private readonly SqliteCommand _stream = Command(
        connection, $"{Columns} where stream = $stream and sequence > $after order by sequence limit $limit", "$after", "$limit", "$stream");

    public LedgerHead Head(SqliteTransaction? transaction = null)
    {
        _head.Transaction = transaction;
        using var row = _head.ExecuteReader();
        return row.Read() ? new(row.GetInt64(0), Hex(row, 1)) : LedgerHead.Empty;
    }

    public IReadOnlyList<LedgerEntry> Read(long after, int limit, string? stream)
    {
        var command = stream is null ? _all : _stream;
        command.Parameters[0].Value = after;
        command.Parameters[1].Value = limit;
        if (stream is not null) command.Parameters[2].Value = stream;
        using var row = command.ExecuteReader();
        var entries = new List<LedgerEntry>();
        while (row.Read()) entries.Add(Entry(row));
        return entries;
    }

    public IReadOnlyList<LedgerCheckpoint> Checkpoints() => Checkpoints("order by id");

    public LedgerCheckpoint? LastCheckpoint() => Checkpoints("order by id desc limit 1") is [var last] ? last : null;

    private List<LedgerCheckpoint> Checkpoints(string which)
    {
        using var command = Command(connection, "select sequence, hash, at, key_id, signature from checkpoints " + which);
        using var row = command.ExecuteReader();
        var checkpoints = new List<LedgerCheckpoint>();
        while (row.Read())
            checkpoints.Add(new(new(row.GetInt64(0), Hex(row, 1)), Instant(row, 2), row.GetString(3), row.GetString(4)));
        return checkpoints;
    }

    public void Dispose()
    {
        _head.Dispose();
        _all.Dispose();
        _stream.Dispose();
    }

    public void CloseConnection()
    {
        Dispose();
        connection.Dispose();
    }

    private static LedgerEntry Entry(SqliteDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), Instant(row, 3), new(row.GetString(4)),
        row.GetFieldValue<byte[]>(5), Hex(row, 6), Hex(row, 7));

    private static DateTimeOffset Instant(SqliteDataReader row, int column)
    {
        var at = row.GetInt64(column);
        // year 1 to 9999; another value was not written by us
        return at is > -62_135_596_800_000 and < 253_402_300_800_000
            ? DateTimeOffset.FromUnixTimeMilliseconds(at)
            : throw new StorageException("ledger-corrupt", $"ledger entry {row.GetInt64(0)} is damaged: its time {at} ms lies outside the years 1 to 9999", null);
    }

    private static string Hex(SqliteDataReader row, int column) => Convert.ToHexStringLower(row.GetFieldValue<byte[]>(column));

    private static SqliteCommand Command(SqliteConnection connection, string sql, params ReadOnlySpan<string> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters) command.Parameters.Add(new SqliteParameter(name, null));
        return command;
    }
}
