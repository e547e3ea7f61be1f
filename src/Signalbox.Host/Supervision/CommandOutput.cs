using Signalbox.Host.Posix;

namespace Signalbox.Host.Supervision;

/// <summary>The pipe that a command writes into, and the part of it that is kept.</summary>
internal sealed unsafe class CommandOutput : IDisposable
{
    /// <summary>Between two looks at the process on kernels without pidfds.</summary>
    private const int LookEveryMs = 10;

    private readonly byte[] _buffer = new byte[8192];
    private readonly byte[] _kept;
    private int _length;
    private int _read, _write;

    public CommandOutput(int limit)
    {
        _kept = new byte[limit];
        var ends = stackalloc int[2];
        if (Libc.Pipe2(ends, Libc.CloseOnExec) != 0) throw Libc.Failed("no pipe");
        (_read, _write) = (ends[0], ends[1]);
    }

    public int WriteEnd => _write;

    public ReadOnlySpan<byte> Kept => _kept.AsSpan(0, _length);

    public bool Cut { get; private set; }

    public void CloseWriteEnd() => Close(ref _write);

    /// <summary>Waits for output, the end of the process or a wake-up.</summary>
    public void WaitAndRead(int pidfd, int wake, TimeSpan most)
    {
        var fds = stackalloc Libc.PollFd[3];
        fds[0] = new() { Fd = _read, Events = Libc.PollIn };
        fds[1] = new() { Fd = pidfd, Events = Libc.PollIn };
        fds[2] = new() { Fd = wake, Events = Libc.PollIn };
        var timeout = (int)Math.Clamp(Math.Ceiling(most.TotalMilliseconds), 0, pidfd < 0 ? LookEveryMs : int.MaxValue);
        if (Libc.Poll(fds, 3, timeout) > 0 && fds[0].Revents != 0) ReadOnce();
    }

    /// <summary>Reads without waiting: what escaped the group may hold the pipe open for ever.</summary>
    public void ReadWhatIsThere()
    {
        var fds = stackalloc Libc.PollFd[1];
        // as much as a pipe holds
        for (var left = 65536 / _buffer.Length; left >= 0 && _read >= 0; left--)
        {
            fds[0] = new() { Fd = _read, Events = Libc.PollIn };
            if (Libc.Poll(fds, 1, 0) <= 0) return;
            ReadOnce();
        }
    }

    public void Dispose()
    {
        Close(ref _read);
        Close(ref _write);
    }

    private void ReadOnce()
    {
        nint count;
        fixed (byte* buffer = _buffer) count = Libc.Read(_read, buffer, (nuint)_buffer.Length);
        if (count <= 0)
        {
            if (count == 0 || Libc.LastError != Libc.Eintr) Close(ref _read);
            return;
        }
        var taken = Math.Min((int)count, _kept.Length - _length);
        _buffer.AsSpan(0, taken).CopyTo(_kept.AsSpan(_length));
        _length += taken;
        Cut |= taken < count;
    }

    private static void Close(ref int fd)
    {
        if (fd >= 0) Libc.Close(fd);
        fd = -1;
    }
}
