using System.Collections.Concurrent;

namespace Signalbox.Host.Posix;

/// <summary>Tells within a millisecond that a process has ended, whoever's child it is; one thread for all of them.</summary>
internal sealed unsafe class ExitWatcher : IDisposable
{
    /// <summary>How often processes are looked at that have no pidfd: an old kernel, or no descriptor left for one.</summary>
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
        var lives = Lives(pid, startTicks);
        if (lives != true && fd >= 0)
        {
            // opened before the process could be recognized: it may be another's
            Libc.Close(fd);
            fd = -1;
        }
        if (lives == false) return Task.CompletedTask;
        var watched = new Watched(pid, startTicks, fd, new(TaskCreationOptions.RunContinuationsAsynchronously));
        _added.Enqueue(watched);
        _wake.Wake();
        return watched.Ended.Task;
    }

    public void Dispose()
    {
        if (_disposed) return;
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
            TellEnded(WaitForAny());
        }
        foreach (var watched in _watched.Where(w => w.Fd >= 0)) Libc.Close(watched.Fd);
    }

    /// <returns>What poll saw: of the pipe first, then of each that is watched.</returns>
    private Libc.PollFd[] WaitForAny()
    {
        var fds = new Libc.PollFd[_watched.Count + 1];
        fds[0] = new() { Fd = _wake.ReadEnd, Events = Libc.PollIn };
        for (var i = 0; i < _watched.Count; i++) fds[i + 1] = new() { Fd = _watched[i].Fd, Events = Libc.PollIn };
        var timeout = _watched.Exists(w => w.Fd < 0) ? LookEveryMs : -1;
        int seen;
        fixed (Libc.PollFd* first = fds) seen = Libc.Poll(first, (nuint)fds.Length, timeout);
        // more of them than the limit of descriptors, or no memory: it must not spin
        if (seen < 0) Thread.Sleep(LookEveryMs);
        if (fds[0].Revents != 0) _wake.Drain();
        return fds;
    }

    private void TellEnded(Libc.PollFd[] seen)
    {
        for (var i = _watched.Count - 1; i >= 0; i--)
        {
            var watched = _watched[i];
            if (!HasEnded(watched, seen[i + 1])) continue;
            if (watched.Fd >= 0) Libc.Close(watched.Fd);
            _watched.RemoveAt(i);
            watched.Ended.TrySetResult();
        }
    }

    /// <summary>A pidfd needs no other descriptor to tell.</summary>
    private static bool HasEnded(Watched watched, Libc.PollFd seen) =>
        watched.Fd >= 0 ? (seen.Revents & Libc.PollIn) != 0 : Lives(watched.Pid, watched.StartTicks) == false;

    /// <returns>Null where it could not be looked at: it is then as it was.</returns>
    private static bool? Lives(int pid, long startTicks)
    {
        try
        {
            return ProcessStat.IsAlive(pid, startTicks);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
