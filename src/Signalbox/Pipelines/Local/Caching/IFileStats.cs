namespace Signalbox.Pipelines.Local.Caching;

internal enum FileKind { File, Directory, Link, Other }

/// <summary>What tells a changed file from the same one without reading it. Times are nanoseconds since 1970.</summary>
internal readonly record struct FileStat(FileKind Kind, long Size, long ModifiedNs, long ChangedNs, ulong Inode, bool Executable);

/// <summary>Looks at files, following no link.</summary>
internal interface IFileStats
{
    /// <returns>Null where there is nothing of that name.</returns>
    FileStat? Of(string path);
}
