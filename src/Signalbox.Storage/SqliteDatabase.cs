using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Signalbox.Storage;

/// <summary>Opens connections with the settings that durability rests on.</summary>
internal static class SqliteDatabase
{
    private static readonly Lazy<bool> Provider = new(() =>
    {
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        return true;
    });

    /// <param name="maxPages">SQLite's max_page_count: a disk of that many pages, for tests.</param>
    public static SqliteConnection Open(string path, bool readOnly, long? maxPages = null)
    {
        _ = Provider.Value;
        if (!readOnly) MakePrivate(path);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            ForeignKeys = true,
            // seconds in which a lock held by another process is waited for
            DefaultTimeout = 5,
        }.ToString());
        try
        {
            connection.Open();
            Configure(connection, readOnly, maxPages);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>SQLite would make the file readable for all; its WAL takes over the mode.</summary>
    private static void MakePrivate(string path)
    {
        if (File.Exists(path)) return;
        try
        {
            File.Open(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // somebody else just made it, or SQLite says better why it cannot be
        }
    }

    private static void Configure(SqliteConnection connection, bool readOnly, long? maxPages)
    {
        // FULL syncs the WAL at every commit: what was acknowledged survives a power cut
        // (sqlite.org/pragma.html#pragma_synchronous); NORMAL would lose the last ones
        Pragma(connection, "busy_timeout=5000");
        if (readOnly) return;
        Pragma(connection, "journal_mode=WAL");
        Pragma(connection, "synchronous=FULL");
        Pragma(connection, "trusted_schema=OFF");
        if (maxPages is { } pages) Pragma(connection, string.Create(CultureInfo.InvariantCulture, $"max_page_count={pages}"));
    }

    public static void Pragma(SqliteConnection connection, string pragma)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "pragma " + pragma;
        command.ExecuteNonQuery();
    }
}
