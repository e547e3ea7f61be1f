using Microsoft.Data.Sqlite;
using Signalbox.Ledger;

namespace Signalbox.Storage;

/// <summary>Prepared writes on the writer's connection; used under its lock.</summary>
internal sealed class LedgerInserter : IDisposable
{
    private readonly SqliteCommand _entry;
    private readonly SqliteCommand _checkpoint;

    public LedgerInserter(SqliteConnection connection)
    {
        _entry = Command(connection, "insert into entries values ($1, $2, $3, $4, $5, $6, $7, $8)", 8);
        _checkpoint = Command(connection, "insert into checkpoints (sequence, hash, at, key_id, signature) values ($1, $2, $3, $4, $5)", 5);
    }

    public void Insert(LedgerEntry entry, SqliteTransaction transaction)
    {
        _entry.Transaction = transaction;
        Set(_entry,
            entry.Sequence, entry.Stream, entry.Type, entry.At.ToUnixTimeMilliseconds(), entry.Principal.Name,
            entry.Data.ToArray(), Convert.FromHexString(entry.PreviousHash), Convert.FromHexString(entry.Hash));
        _entry.ExecuteNonQuery();
    }

    public void Insert(LedgerCheckpoint checkpoint)
    {
        Set(_checkpoint,
            checkpoint.Head.Sequence, Convert.FromHexString(checkpoint.Head.Hash), checkpoint.At.ToUnixTimeMilliseconds(),
            checkpoint.KeyId, checkpoint.Signature);
        _checkpoint.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _entry.Dispose();
        _checkpoint.Dispose();
    }

    private static void Set(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, int parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; i <= parameters; i++) command.Parameters.Add(new SqliteParameter($"${i}", null));
        return command;
    }
}
