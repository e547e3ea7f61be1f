using System.Buffers;
using Signalbox.Host.Posix;

namespace Signalbox.Host.Shim;

/// <summary>Moves what a workload prints into its log; waits for it, for a wake-up and for time, all in one poll.</summary>
internal sealed unsafe class LogPump
{
    /// <summary>A prompt without an end of line is written after this.</summary>
    private static readonly TimeSpan PartialAfter = TimeSpan.FromSeconds(1);

    private readonly ArrayBufferWriter<byte> _entries = new(64 * 1024);
    private readonly byte[] _buffer = new byte[32 * 1024];
    private readonly LineStamper[] _stampers;
    private readonly RotatingLog _log;
    private readonly WakePipe _wake;
    private readonly TimeProvider _time;
    private readonly int[] _read = new int[2];
    private readonly int[] _write = new int[2];

    public LogPump(RotatingLog log, WakePipe wake, TimeProvider time)
    {
        (_log, _wake, _time) = (log, wake, time);
        _stampers = [new("stdout", _entries), new("stderr", _entries)];
        for (var i = 0; i < 2; i++) OpenPipe(i);
    }

    /// <summary>For the workload; closed here once it runs.</summary>
    public int Output => _write[0];

    public int Error => _write[1];

    /// <summary>Both streams have ended: no process holds them any more.</summary>
    public bool Ended => _read[0] < 0 && _read[1] < 0;

    public void CloseWriteEnds()
    {
        Libc.Close(_write[0]);
        Libc.Close(_write[1]);
    }

    /// <summary>Waits at most this long (null: for ever) and moves what is there.</summary>
    public void Turn(TimeSpan? wait)
    {
        var fds = stackalloc Libc.PollFd[3];
        for (var i = 0; i < 2; i++) fds[i] = new() { Fd = _read[i], Events = Libc.PollIn };
        fds[2] = new() { Fd = _wake.ReadEnd, Events = Libc.PollIn };
        var timeout = Milliseconds(wait);
        var ready = Libc.Poll(fds, 3, timeout);
        if (ready == 0 && timeout >= PartialAfter.TotalMilliseconds) FlushPartial(last: false);
        if (ready > 0) Move(fds);
        Store();
    }

    public void Finish()
    {
        FlushPartial(last: true);
        Store();
    }

    private void Move(Libc.PollFd* fds)
    {
        if (fds[2].Revents != 0) _wake.Drain();
        for (var i = 0; i < 2; i++)
            if (fds[i].Revents != 0) ReadFrom(i);
    }

    private void ReadFrom(int stream)
    {
        nint count;
        fixed (byte* buffer = _buffer) count = Libc.Read(_read[stream], buffer, (nuint)_buffer.Length);
        if (count > 0) _stampers[stream].Add(_buffer.AsSpan(0, (int)count), _time.GetUtcNow());
        else if (count == 0 || Libc.LastError != Libc.Eintr) Close(stream);
    }

    private void Close(int stream)
    {
        _stampers[stream].Flush(last: true, _time.GetUtcNow());
        Libc.Close(_read[stream]);
        _read[stream] = -1;
    }

    private void FlushPartial(bool last)
    {
        foreach (var stamper in _stampers) stamper.Flush(last, _time.GetUtcNow());
    }

    private void Store()
    {
        if (_entries.WrittenCount > 0) _log.Write(_entries.WrittenSpan);
        _entries.ResetWrittenCount();
    }

    private int Milliseconds(TimeSpan? wait)
    {
        if (_stampers.Any(s => s.HasPending) && (wait is null || wait > PartialAfter)) wait = PartialAfter;
        return wait is { } w ? (int)Math.Clamp(Math.Ceiling(w.TotalMilliseconds), 0, int.MaxValue) : -1;
    }

    private void OpenPipe(int stream)
    {
        var ends = stackalloc int[2];
        if (Libc.Pipe2(ends, Libc.CloseOnExec) != 0) throw new IOException($"no pipe: {Libc.Message(Libc.LastError)}");
        (_read[stream], _write[stream]) = (ends[0], ends[1]);
    }
}
