using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Signalbox.Host.Posix;

/// <summary>The ways to the disk that .NET has no door to.</summary>
internal static partial class DiskFlush
{
    /// <summary>fdatasync: the content, without the time it was written at, which would cost a commit of the journal.</summary>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public static void Data(SafeFileHandle file, string path)
    {
        if (Fdatasync(file) != 0) throw Failed(path);
    }

    /// <summary>fsync of a directory, which makes a rename in it durable.</summary>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public static void Directory(string directory) => OfDirectory(directory, Fsync);

    /// <summary>syncfs: all that was written to the file system of a directory, in one call instead of one for each file.</summary>
    /// <exception cref="IOException">The disk refused something.</exception>
    public static void FileSystem(string directory) => OfDirectory(directory, Libc.SyncFileSystem);

    private static void OfDirectory(string directory, Func<int, int> flush)
    {
        var descriptor = Libc.Open(directory, Libc.CloseOnExec);
        if (descriptor < 0) throw Failed(directory);
        try
        {
            if (flush(descriptor) != 0) throw Failed(directory);
        }
        finally
        {
            Libc.Close(descriptor);
        }
    }

    private static IOException Failed(string path) => new($"cannot flush {path}: {Libc.Message(Libc.LastError)}");

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int Fdatasync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);
}
