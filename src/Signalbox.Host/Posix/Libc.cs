using System.Runtime.InteropServices;

namespace Signalbox.Host.Posix;

/// <summary>The C library's functions that .NET has no door to (glibc and musl on 64-bit Linux).</summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    public const int Sigkill = 9, Sigterm = 15;
    public const int NoProcess = 3, Eintr = 4;
    public const int NoHang = 1;
    public const int ReadWrite = 2, CloseOnExec = 0x80000, NonBlocking = 0x800;
    public const short PollIn = 1;
    public const int SetChildSubreaper = 36;

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int Fd;
        public short Events;
        public short Revents;
    }

    /// <summary>struct rlimit of getrlimit(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public record struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }

    [LibraryImport(Library, EntryPoint = "geteuid")]
    public static partial uint EffectiveUserId();

    [LibraryImport(Library, EntryPoint = "getpid")]
    public static partial int ProcessId();

    [LibraryImport(Library, EntryPoint = "setsid", SetLastError = true)]
    public static partial int NewSession();

    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport(Library, EntryPoint = "waitpid", SetLastError = true)]
    public static partial int WaitPid(int pid, out int status, int options);

    /// <summary>Tells of a child that has ended, without collecting it and without a descriptor (waitid(2)).</summary>
    [LibraryImport(Library, EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int kind, int id, byte* info, int options);

    [LibraryImport(Library, EntryPoint = "prlimit", SetLastError = true)]
    public static partial int ResourceLimit(int pid, int resource, Limit* set, Limit* before);

    [LibraryImport(Library, EntryPoint = "prctl", SetLastError = true)]
    public static partial int Prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "dup2", SetLastError = true)]
    public static partial int Dup2(int from, int to);

    [LibraryImport(Library, EntryPoint = "close")]
    public static partial void Close(int fd);

    [LibraryImport(Library, EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe2(int* ends, int flags);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, byte* buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, byte* buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollFd* fds, nuint count, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeOwner(string path, uint user, uint group);

    /// <summary>Who this thread is to the file system (setfsuid(2)); from root to anybody else it also lays down root's rights over files.</summary>
    [LibraryImport(Library, EntryPoint = "setfsuid")]
    public static partial int SetFileUser(uint user);

    [LibraryImport(Library, EntryPoint = "setfsgid")]
    public static partial int SetFileGroup(uint group);

    [LibraryImport(Library, EntryPoint = "syncfs", SetLastError = true)]
    public static partial int SyncFileSystem(int fd);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall(nint number, nint a, nint b, nint c, nint d);

    public static int LastError => Marshal.GetLastPInvokeError();

    /// <summary>Carries the errno as those of .NET do, so that <see cref="Shortage"/> knows it.</summary>
    public static IOException Failed(string what)
    {
        var error = LastError;
        return new($"{what}: {Message(error)}", error);
    }

    public static string Message(int error) => Marshal.GetPInvokeErrorMessage(error);
}
