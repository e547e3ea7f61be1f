using Signalbox.Pipelines.Local.Caching;

namespace Signalbox.Tests.Pipelines.Local;

/// <summary>Looks at real files by what .NET tells: no inode, and the time of the content alone.</summary>
internal sealed class TestFileStats : IFileStats
{
    /// <summary>How often a file was looked at.</summary>
    public int Looks { get; private set; }

    public FileStat? Of(string path)
    {
        Looks++;
        FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        if (!info.Exists && info.LinkTarget is null) return null;
        var kind = info.LinkTarget is not null ? FileKind.Link : info is DirectoryInfo ? FileKind.Directory : FileKind.File;
        var time = (info.LastWriteTimeUtc - DateTime.UnixEpoch).Ticks * 100;
        return new(kind, info is FileInfo file && kind == FileKind.File ? file.Length : 0, time, time, 0, info.UnixFileMode);
    }
}
