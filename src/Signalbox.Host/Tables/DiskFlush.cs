using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Signalbox.Host.Tables;

/// <summary>The two ways to the disk that .NET has no door to.</summary>
internal static partial class DiskFlush
{
    private const int ReadOnlyDirectory = 0x10000;

    /// <summary>fdatasync: the content, without the time it was written at, which would cost a commit of the journal.</summary>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public static void Data(SafeFileHandle file, string path)
    {
        if (Fdatasync(file) != 0) throw Failed(path);
    }

    /// <summary>fsync of a directory, which makes a rename in it durable.</summary>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public static void Directory(string directory)
    {
        var descriptor = Open(directory, ReadOnlyDirectory);
        if (descriptor < 0) throw Failed(directory);
        try
        {
            if (Fsync(descriptor) != 0) throw Failed(directory);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failed(string path) =>
        new($"cannot flush {path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int Fdatasync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
