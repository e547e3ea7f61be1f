namespace Signalbox.Host.Tables;

/// <summary>How state reaches the disk.</summary>
internal interface IStateFiles
{
    /// <summary>When it returns the content is on the disk and stays there after a power cut; when it throws the old content is still there.</summary>
    /// <exception cref="IOException">It could not be written (a full disk, say).</exception>
    void Replace(string path, ReadOnlySpan<byte> content);
}

/// <summary>A file beside, fsync, rename, fsync of the directory.</summary>
internal sealed class StateFiles : IStateFiles
{
    public void Replace(string path, ReadOnlySpan<byte> content)
    {
        var beside = path + ".new";
        using (var file = File.OpenHandle(beside, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, content, 0);
            RandomAccess.FlushToDisk(file);
        }
        File.Move(beside, path, overwrite: true);
        DirectorySync.Flush(Path.GetDirectoryName(path)!);
    }
}
