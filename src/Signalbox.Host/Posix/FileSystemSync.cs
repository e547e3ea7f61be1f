namespace Signalbox.Host.Posix;

/// <summary>Brings all that was written to a file system to the disk, in one call instead of one for each file (syncfs(2)).</summary>
internal static class FileSystemSync
{
    /// <param name="directory">Any on that file system.</param>
    /// <exception cref="IOException">The disk refused something.</exception>
    public static void Flush(string directory)
    {
        var fd = Libc.Open(directory, Libc.CloseOnExec);
        if (fd < 0) throw Failed(directory);
        try
        {
            if (Libc.SyncFileSystem(fd) != 0) throw Failed(directory);
        }
        finally
        {
            Libc.Close(fd);
        }
    }

    private static IOException Failed(string directory) => new($"{directory} cannot be brought to the disk: {Libc.Message(Libc.LastError)}");
}
