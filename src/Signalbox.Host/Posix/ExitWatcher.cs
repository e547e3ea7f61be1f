using System.Collections.Concurrent;

namespace Signalbox.Host.Posix;

/// <summary>Tells within a millisecond that a process has ended, whoever's child it is; one thread for all of them.</summary>
internal sealed unsafe class ExitWatcher : IDisposable
{
    /// <summary>How often processes are looked at on kernels without pidfds.</summary>
    private const int LookEveryMs = 20;

    private readonly ConcurrentQueue<Watched> _added = new();
    private readonly List<Watched> _watched = [];
    private readonly WakePipe _wake = new();
    private readonly Thread _thread;
    private volatile bool _disposed;

    private sealed record Watched(int Pid, long StartTicks, int Fd, TaskCompletionSource Ended);

    public ExitWatcher()
    {
        _thread = new Thread(Run, maxStackSize: 256 * 1024) { IsBackground = true, Name = "exit-watcher" };
        _thread.Start();
    }

    /// <returns>A task that ends with the process; at once where it is gone already.</returns>
    public Task WatchAsync(int pid, long startTicks)
    {
        var fd = Pidfd.Open(pid);
        var watched = new Watched(pid, startTicks, fd, new(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!ProcessStat.IsAlive(pid, startTicks))
        {
            if (fd >= 0) Libc.Close(fd);
            return Task.CompletedTask;
        }
        _added.Enqueue(watched);
        _wake.Wake();
        return watched.Ended.Task;
    }

    public void Dispose()
    {
        _disposed = true;
        _wake.Wake();
        _thread.Join();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_disposed)
        {
            while (_added.TryDequeue(out var added)) _watched.Add(added);
            WaitForAny();
            _watched.RemoveAll(HasEnded);
        }
        foreach (var watched in _watched.Where(w => w.Fd >= 0)) Libc.Close(watched.Fd);
    }

    private void WaitForAny()
    {
        var fds = new Libc.PollFd[_watched.Count + 1];
        fds[0] = new() { Fd = _wake.ReadEnd, Events = Libc.PollIn };
        for (var i = 0; i < _watched.Count; i++) fds[i + 1] = new() { Fd = _watched[i].Fd, Events = Libc.PollIn };
        var timeout = _watched.Exists(w => w.Fd < 0) ? LookEveryMs : -1;
        fixed (Libc.PollFd* first = fds) _ = Libc.Poll(first, (nuint)fds.Length, timeout);
        if (fds[0].Revents != 0) _wake.Drain();
    }

    private static bool HasEnded(Watched watched)
    {
        if (ProcessStat.IsAlive(watched.Pid, watched.StartTicks)) return false;
        if (watched.Fd >= 0) Libc.Close(watched.Fd);
        watched.Ended.TrySetResult();
        return true;
    }
}
