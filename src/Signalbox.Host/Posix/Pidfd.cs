namespace Signalbox.Host.Posix;

/// <summary>Handles of processes: readable once the process has ended (pidfd_open(2), Linux 5.3).</summary>
internal static class Pidfd
{
    // the same number on x86-64, arm64 and every newer architecture
    private const nint OpenCall = 434;

    /// <returns>-1 where the process is gone or the kernel cannot.</returns>
    public static int Open(int pid) => (int)Libc.SystemCall(OpenCall, pid, 0, 0, 0);
}
