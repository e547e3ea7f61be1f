namespace Signalbox.Host.Posix;

/// <summary>Ends a poll from another thread.</summary>
internal sealed unsafe class WakePipe : IDisposable
{
    private readonly int _write;
    private int _closed;

    public WakePipe()
    {
        var ends = stackalloc int[2];
        if (Libc.Pipe2(ends, Libc.CloseOnExec | Libc.NonBlocking) != 0) throw Libc.Failed("no pipe");
        (ReadEnd, _write) = (ends[0], ends[1]);
    }

    public int ReadEnd { get; }

    public void Wake()
    {
        byte one = 1;
        _ = Libc.Write(_write, &one, 1);
    }

    public void Drain()
    {
        var buffer = stackalloc byte[64];
        while (Libc.Read(ReadEnd, buffer, 64) > 0) { }
    }

    /// <summary>Once only: the numbers may be another's by the second time.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        Libc.Close(ReadEnd);
        Libc.Close(_write);
    }
}
