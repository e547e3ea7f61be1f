using System.Runtime.InteropServices;
using Signalbox.Host.Posix;

namespace Signalbox.Host.Shim;

/// <summary>
/// The hidden verb <c>signalbox shim INSTANCE_DIR</c>: the parent of one workload. It lives in a session of its
/// own, owns the workload's log and exit status, and outlives the host that started it. See docs/spec/supervision.md.
/// </summary>
public static class ShimMain
{
    private const int NotASpec = 2, Busy = 3, NoRecord = 4;

    /// <summary>Returns when nothing of the workload is left.</summary>
    /// <returns>0 when the run's end was recorded; 2 without a readable spec.json; 3 where another shim has the instance; 4 where the disk took no record.</returns>
    public static int Run(string instanceDirectory)
    {
        Detach();
        using var held = ShimFiles.TryLock(instanceDirectory);
        if (held is null) return Busy;
        if (ShimFiles.Read(instanceDirectory, ShimFiles.Spec, ShimJson.Default.ShimSpec) is not { } spec) return NotASpec;
        _ = Libc.Prctl(Libc.SetChildSubreaper, 1, 0, 0, 0);
        using var run = new WorkloadRun(instanceDirectory, spec, TimeProvider.System);
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(run, context));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(run, context));
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        return Execute(run);
    }

    private static int Execute(WorkloadRun run)
    {
        try
        {
            run.Execute();
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return NoRecord;
        }
    }

    private static void Stop(WorkloadRun run, PosixSignalContext context)
    {
        context.Cancel = true;
        run.Stop();
    }

    private static void Detach()
    {
        // fails where the host started it in a new session already, which is what is wanted
        _ = Libc.NewSession();
        var nowhere = Libc.Open("/dev/null", Libc.ReadWrite | Libc.CloseOnExec);
        for (var fd = 0; fd < 3 && nowhere >= 0; fd++) _ = Libc.Dup2(nowhere, fd);
    }
}
