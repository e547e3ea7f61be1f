namespace Signalbox.Pipelines.Local.Caching;

internal enum FileKind { File, Directory, Link, Other }

/// <summary>What tells a changed file from the same one without reading it. Times are nanoseconds since 1970.</summary>
/// <param name="Mode">Who may read, write and execute it.</param>
internal readonly record struct FileStat(FileKind Kind, long Size, long ModifiedNs, long ChangedNs, ulong Inode, UnixFileMode Mode)
{
    public bool Executable => Kind == FileKind.File && Mode.HasFlag(UnixFileMode.UserExecute);
}

/// <summary>Looks at files, following no link.</summary>
internal interface IFileStats
{
    /// <returns>Null where there is nothing of that name.</returns>
    FileStat? Of(string path);
}
