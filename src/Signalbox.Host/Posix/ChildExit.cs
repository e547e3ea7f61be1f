namespace Signalbox.Host.Posix;

/// <summary>Whether a child of this process has ended; it stays to be collected, and no descriptor is needed to look.</summary>
internal static unsafe class ChildExit
{
    // the same on every Linux: P_PID; WNOHANG, WEXITED, WNOWAIT; siginfo_t has 128 bytes and begins with the signal's number
    private const int ByPid = 1, Look = 0x1 | 0x4 | 0x0100_0000, InfoSize = 128;

    /// <returns>Also true where it is no child, or was collected by somebody else.</returns>
    public static bool HasEnded(int pid)
    {
        var info = stackalloc byte[InfoSize];
        *(int*)info = 0;
        return Libc.WaitId(ByPid, pid, info, Look) != 0 || *(int*)info != 0;
    }
}
