using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Signalbox.Storage;

/// <summary>The calls .NET does not offer.</summary>
internal static partial class Posix
{
    private const int LockExclusive = 2, LockNonBlocking = 4, AtCurrentDirectory = -100, StatxUid = 8;

    /// <summary>Opens or makes (0600) a file without the lock that .NET's own opening takes; closed on exec.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static SafeFileHandle OpenUnlocked(string path)
    {
        const int readWrite = 2, create = 0x40, closeOnExec = 0x80000;
        var file = OpenFile(path, readWrite | create | closeOnExec, 0b110_000_000);
        return file >= 0
            ? new(file, ownsHandle: true)
            : throw new IOException($"{path} cannot be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    /// <summary>Takes flock(2) on the file without waiting; false where somebody else has it.</summary>
    public static bool TryLock(SafeFileHandle file) => Flock(file, LockExclusive | LockNonBlocking) == 0;

    public static uint EffectiveUser() => Geteuid();

    /// <summary>The owner's user id, or null where the kernel does not say.</summary>
    public static unsafe uint? OwnerOf(string path)
    {
        // struct statx (linux/stat.h) is 256 bytes; stx_uid lies at 20
        var buffer = stackalloc byte[256];
        return Statx(AtCurrentDirectory, path, 0, StatxUid, buffer) == 0 ? *(uint*)(buffer + 20) : null;
    }

    /// <summary>Makes a rename durable; a file system that cannot sync directories is left as it is.</summary>
    public static void SyncDirectory(string path)
    {
        var directory = OpenFile(path, 0, 0);
        if (directory < 0) return;
        _ = Fsync(directory);
        _ = Close(directory);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenFile(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Fsync(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "flock")]
    private static partial int Flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint Geteuid();

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int directory, string path, int flags, uint mask, byte* buffer);
}
