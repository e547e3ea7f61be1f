using Microsoft.Data.Sqlite;

namespace Signalbox.Storage;

/// <summary>SQLite's result codes (sqlite.org/rescode.html) in the house's words.</summary>
internal static class SqliteFaults
{
    private const int Busy = 5, ReadOnly = 8, IoError = 10, Corrupt = 11, Full = 13, CannotOpen = 14, NotADatabase = 26;

    public static StorageException Translate(SqliteException fault, string path)
    {
        var (id, what, help) = fault.SqliteErrorCode switch
        {
            Full => ("ledger-disk-full", "has no room left: the disk or quota is full", $"df -h {Folder(path)}"),
            ReadOnly => ("ledger-read-only", "cannot be written: the file or its file system is read-only", $"ls -l {path}"),
            Corrupt or NotADatabase => ("ledger-corrupt", "is damaged: it is not the database that was written", $"sqlite3 {path} 'pragma integrity_check'"),
            CannotOpen => ("ledger-cannot-open", "cannot be opened", $"ls -l {path}"),
            Busy => ("ledger-busy", "is held by another process", $"fuser -v {path}"),
            IoError => ("ledger-io-error", "cannot be read or written: the disk reports an error", "dmesg | tail"),
            _ => ("ledger-failed", "cannot be used", $"ls -l {path}"),
        };
        return new(id, $"the ledger {path} {what} (SQLite {fault.SqliteExtendedErrorCode}: {fault.Message})", help, fault);
    }

    private static string Folder(string path) => Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
}
