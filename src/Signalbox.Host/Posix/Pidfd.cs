namespace Signalbox.Host.Posix;

/// <summary>Handles of processes: readable once the process has ended (pidfd_open(2), Linux 5.3).</summary>
internal static class Pidfd
{
    // the same numbers on x86-64, arm64 and every newer architecture
    private const nint OpenCall = 434, SignalCall = 424;

    /// <returns>-1 where the process is gone or the kernel cannot.</returns>
    public static int Open(int pid) => (int)Libc.SystemCall(OpenCall, pid, 0, 0, 0);

    /// <summary>Signals this very process: whoever got its number since is not hit.</summary>
    /// <param name="startTicks">As <see cref="ProcessStat.StartTicks"/>.</param>
    public static void Signal(int pid, long startTicks, int signal)
    {
        var fd = Open(pid);
        try
        {
            // looked at behind the open: the handle is then this process's, or nothing is done
            if (ProcessStat.Read(pid) is not { } stat || stat.StartTicks != startTicks) return;
            if (fd >= 0 && (Libc.SystemCall(SignalCall, fd, signal, 0, 0) == 0 || Libc.LastError == Libc.NoProcess)) return;
            _ = Libc.Kill(pid, signal);
        }
        finally
        {
            if (fd >= 0) Libc.Close(fd);
        }
    }
}
