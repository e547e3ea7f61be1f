using Signalbox.Host.Posix;
using Signalbox.Pipelines.Local;

namespace Signalbox.Cli.Running;

/// <summary>The processes of a run on Linux: each in a session of its own with one pipe for its output, all watched by one poll.</summary>
internal sealed unsafe class JobProcesses : IJobProcesses, IDisposable
{
    /// <summary>Between two looks on kernels without pidfds.</summary>
    private const int LookEveryMs = 10;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly List<Child> _children = [];
    private readonly WakePipe _wake = new();
    private readonly Lock _waking = new();
    private bool _disposed;
    private Libc.PollFd[] _fds = new Libc.PollFd[16];

    private sealed class Child(int job, int pid, int pidfd, int output)
    {
        public int Job => job;

        public int Pid => pid;

        public int Pidfd { get; set; } = pidfd;

        public int Output { get; set; } = output;
    }

    public StartedProcess? Start(int job, ProcessStart start, out string problem)
    {
        problem = "";
        var ends = stackalloc int[2];
        if (Libc.Pipe2(ends, Libc.CloseOnExec) != 0)
        {
            problem = $"no pipe: {Libc.Message(Libc.LastError)}";
            return null;
        }
        var error = Spawn.Start(new(start.Program, start.Arguments, start.Environment, start.Directory, ends[1], ends[1], NewSession: true), out var pid);
        Libc.Close(ends[1]);
        if (error != 0)
        {
            Libc.Close(ends[0]);
            problem = Libc.Message(error);
            return null;
        }
        _children.Add(new(job, pid, Pidfd.Open(pid), ends[0]));
        return new(pid, ProcessStat.Read(pid)?.StartTicks ?? 0);
    }

    /// <summary>Whoever worked beside the run may come after its end, when the pipe's number may be another's.</summary>
    public void Wake()
    {
        lock (_waking)
            if (!_disposed) _wake.Wake();
    }

    public void Terminate(int job) => Signal(job, Libc.Sigterm);

    public void Kill(int job) => Signal(job, Libc.Sigkill);

    public void Wait(TimeSpan? most, IProcessListener listener)
    {
        var count = Prepare();
        var timeout = most is { } time ? (int)Math.Clamp(Math.Ceiling(time.TotalMilliseconds), 0, int.MaxValue) : -1;
        if (_children.Exists(child => child.Pidfd < 0)) timeout = timeout < 0 ? LookEveryMs : Math.Min(timeout, LookEveryMs);
        int seen;
        fixed (Libc.PollFd* fds = _fds) seen = Libc.Poll(fds, (nuint)count, timeout);
        // interrupted: what was not filled in tells nothing
        if (seen < 0) return;
        if (_fds[0].Revents != 0) _wake.Drain();
        for (var i = _children.Count - 1; i >= 0; i--) Look(i, _fds[1 + (2 * i)].Revents, _fds[2 + (2 * i)].Revents, listener);
    }

    public void Dispose()
    {
        foreach (var child in _children.ToList())
        {
            _ = Libc.Kill(-child.Pid, Libc.Sigkill);
            Collect(child.Pid);
            CloseAll(child);
        }
        _children.Clear();
        lock (_waking) _disposed = true;
        _wake.Dispose();
    }

    private int Prepare()
    {
        var count = 1 + (2 * _children.Count);
        if (_fds.Length < count) _fds = new Libc.PollFd[2 * count];
        _fds[0] = new() { Fd = _wake.ReadEnd, Events = Libc.PollIn };
        for (var i = 0; i < _children.Count; i++)
        {
            _fds[1 + (2 * i)] = new() { Fd = _children[i].Pidfd, Events = Libc.PollIn };
            _fds[2 + (2 * i)] = new() { Fd = _children[i].Output, Events = Libc.PollIn };
        }
        return count;
    }

    private void Look(int at, short process, short output, IProcessListener listener)
    {
        var child = _children[at];
        if (output != 0) ReadOnce(child, listener);
        if (child.Pidfd >= 0 ? process == 0 : !ChildExit.HasEnded(child.Pid)) return;
        // its leader is not collected yet, so the group's number is still its own
        _ = Libc.Kill(-child.Pid, Libc.Sigkill);
        var end = Collect(child.Pid);
        ReadWhatIsThere(child, listener);
        CloseAll(child);
        _children.RemoveAt(at);
        listener.Ended(child.Job, end);
    }

    /// <summary>What escaped the group may hold the pipe open for ever: only what lies in it is read.</summary>
    private void ReadWhatIsThere(Child child, IProcessListener listener)
    {
        // twice what a pipe holds: whoever escaped may go on writing
        for (var left = 2; left > 0 && child.Output >= 0; left--)
        {
            var poll = new Libc.PollFd { Fd = child.Output, Events = Libc.PollIn };
            if (Libc.Poll(&poll, 1, 0) <= 0 || !ReadOnce(child, listener)) return;
        }
    }

    private bool ReadOnce(Child child, IProcessListener listener)
    {
        nint count;
        fixed (byte* buffer = _buffer) count = Libc.Read(child.Output, buffer, (nuint)_buffer.Length);
        if (count > 0) listener.Output(child.Job, _buffer.AsSpan(0, (int)count));
        else if (count == 0 || Libc.LastError != Libc.Eintr)
        {
            Libc.Close(child.Output);
            child.Output = -1;
        }
        return count > 0;
    }

    private void Signal(int job, int signal)
    {
        // a child that is in the list is not collected: its number is its own
        if (_children.Find(child => child.Job == job) is { } child) _ = Libc.Kill(-child.Pid, signal);
    }

    private static void CloseAll(Child child)
    {
        if (child.Pidfd >= 0) Libc.Close(child.Pidfd);
        if (child.Output >= 0) Libc.Close(child.Output);
        (child.Pidfd, child.Output) = (-1, -1);
    }

    private static ProcessEnd Collect(int pid)
    {
        int got, status;
        do got = Libc.WaitPid(pid, out status, 0);
        while (got < 0 && Libc.LastError == Libc.Eintr);
        // where somebody else took the exit status it is not known, and not 0
        if (got != pid) return new(null, null);
        var signal = status & 0x7f;
        return signal == 0 ? new((status >> 8) & 0xff, null) : new(null, signal);
    }
}
