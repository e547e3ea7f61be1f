using System.Formats.Tar;
using System.Text;

namespace Signalbox.Delivery.Artifacts;

/// <summary>Lists a directory as an artifact's entries, in canonical order, following no link.</summary>
internal static class DirectoryScan
{
    public static (ArtifactTree Tree, IReadOnlyList<ArtifactEntry> Entries) Of(string root, ArtifactLimits limits, IgnoreRules ignore)
    {
        var entries = new List<ArtifactEntry>();
        var tree = new ArtifactTree(limits);
        var pending = new Stack<string>([""]);
        while (pending.TryPop(out var directory))
            foreach (var info in new DirectoryInfo(Path.Combine(root, directory)).EnumerateFileSystemInfos())
            {
                var path = directory.Length == 0 ? info.Name : $"{directory}/{info.Name}";
                var isDirectory = info is DirectoryInfo && info.LinkTarget is null;
                if (ignore.Ignores(path, isDirectory)) continue;
                var entry = Entry(info, ArtifactPath.Normalise(path, limits));
                tree.Add(entry);
                entries.Add(entry);
                if (isDirectory) pending.Push(path);
            }
        tree.CheckLinks();
        return (tree, [.. entries.OrderBy(e => Encoding.UTF8.GetBytes(e.Path), ByteOrder.Instance)]);
    }

    private static ArtifactEntry Entry(FileSystemInfo info, string path)
    {
        if (info.LinkTarget is { } target) return new(path, ArtifactEntryKind.Link, LinkTarget: target);
        if (info is DirectoryInfo) return new(path, ArtifactEntryKind.Directory);
        var mode = info.UnixFileMode;
        if ((mode & (UnixFileMode.SetUser | UnixFileMode.SetGroup)) != 0) throw ArtifactPath.Refused("artifact-setuid", path, "is setuid or setgid");
        var length = ((FileInfo)info).Length;
        if (length == 0 && !IsRegular(info.FullName)) throw ArtifactPath.Refused("artifact-device", path, "is a device, pipe or socket");
        return new(path, ArtifactEntryKind.File, (mode & UnixFileMode.UserExecute) != 0, length);
    }

    // .NET does not tell a pipe from an empty file, and opening a pipe blocks; its tar writer looks at the type
    private static bool IsRegular(string file)
    {
        try
        {
            var header = new MemoryStream();
            using (var writer = new TarWriter(header, TarEntryFormat.Ustar, leaveOpen: true)) writer.WriteEntry(file, "x");
            return header.GetBuffer()[156] is (byte)'0' or 0;
        }
        catch (IOException)
        {
            return false;
        }
    }
}

internal sealed class ByteOrder : IComparer<byte[]>
{
    public static ByteOrder Instance { get; } = new();

    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
}
