using System.Diagnostics;

namespace Signalbox.Storage.Tests;

/// <summary>This test assembly started as another process, to be killed.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    public ChildProcess(params string[] args)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Signalbox.Storage.Tests"), args) { RedirectStandardOutput = true };
        _process = Process.Start(start)!;
    }

    public int Id => _process.Id;

    public StreamReader Output => _process.StandardOutput;

    /// <summary>kill -9; returns when the kernel has taken it away.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }
}
