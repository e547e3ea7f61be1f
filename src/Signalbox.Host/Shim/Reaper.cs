using Signalbox.Host.Posix;

namespace Signalbox.Host.Shim;

/// <summary>Collects every child of the shim, adopted orphans too, on a thread of its own.</summary>
internal sealed class Reaper(int workload, Action wake)
{
    private volatile int _status;
    private volatile bool _ended, _alone;

    /// <summary>The workload's first process has ended, and <see cref="Status"/> says how.</summary>
    public bool WorkloadEnded => _ended;

    /// <summary>No descendant is left: a subreaper without children never gets one again.</summary>
    public bool Alone => _alone;

    /// <summary>As waitpid gave it.</summary>
    public int Status => _status;

    public void Start() => new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "reaper" }.Start();

    private void Run()
    {
        while (true)
        {
            var pid = Libc.WaitPid(-1, out var status, 0);
            if (pid < 0 && Libc.LastError == Libc.Eintr) continue;
            if (pid < 0) break;
            if (pid == workload) WorkloadHasEnded(status);
        }
        _alone = true;
        wake();
    }

    private void WorkloadHasEnded(int status)
    {
        _status = status;
        _ended = true;
        wake();
    }
}
