using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Signalbox.Storage;

/// <summary>The schema's steps, forward only: a step that was released is never edited.</summary>
internal static class Migrations
{
    private static readonly string[] Steps =
    [
        """
        create table entries (
            sequence  integer primary key,
            stream    text    not null,
            type      text    not null,
            at        integer not null,
            principal text    not null,
            data      blob    not null,
            previous  blob    not null check (length(previous) = 32),
            hash      blob    not null check (length(hash) = 32) unique
        ) strict;
        create index entries_by_stream on entries (stream, sequence);
        create trigger entries_are_not_updated before update on entries
            begin select raise(abort, 'the ledger is append-only'); end;
        create trigger entries_are_not_deleted before delete on entries
            begin select raise(abort, 'the ledger is append-only'); end;
        create table checkpoints (
            id        integer primary key,
            sequence  integer not null,
            hash      blob    not null check (length(hash) = 32),
            at        integer not null,
            key_id    text    not null,
            signature text    not null
        ) strict;
        """,
    ];

    /// <exception cref="StorageException">A newer Signalbox wrote this database.</exception>
    public static void Run(SqliteConnection connection, string path, DateTimeOffset now)
    {
        Execute(connection, "create table if not exists migrations (version integer primary key, at integer not null) strict");
        using var transaction = connection.BeginTransaction(deferred: false);
        var version = Version(connection);
        if (version > Steps.Length) throw TooNew(path, version);
        for (; version < Steps.Length; version++)
        {
            Execute(connection, Steps[version]);
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"insert into migrations values ({version + 1}, {now.ToUnixTimeMilliseconds()})"));
        }

        transaction.Commit();
    }

    /// <summary>For a reader, which may not migrate.</summary>
    /// <exception cref="StorageException">The database is not of this version.</exception>
    public static void Check(SqliteConnection connection, string path)
    {
        var version = Version(connection);
        if (version > Steps.Length) throw TooNew(path, version);
        if (version < Steps.Length)
            throw new StorageException("ledger-too-old", $"the ledger {path} has schema {version}; this Signalbox reads {Steps.Length}",
                "signalbox serve   # brings it forward");
    }

    private static StorageException TooNew(string path, int version) => new(
        "ledger-too-new", $"the ledger {path} has schema {version}; this Signalbox knows up to {Steps.Length}",
        "signalbox --version   # use the one that wrote it, or a newer one");

    private static int Version(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "select coalesce(max(version), 0) from migrations";
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
