using System.Runtime.InteropServices;

namespace Signalbox.Cli.Running;

/// <summary>While jobs run no signal ends this process before them: they are in sessions of their own, which a terminal's Ctrl-C does not reach.</summary>
internal sealed class JobSignals : IDisposable
{
    private readonly PosixSignalRegistration[] _taken;

    public JobSignals(CancellationTokenSource stop)
    {
        RunSweep.Adopt();
        _taken = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }.Select(signal => PosixSignalRegistration.Create(signal, taken =>
        {
            taken.Cancel = true;
            stop.Cancel();
        }))];
    }

    public void Dispose() => Array.ForEach(_taken, taken => taken.Dispose());
}
