using System.Diagnostics;
using Signalbox.Delivery;
using Signalbox.Host.Posix;
using Signalbox.Host.Shim;
using Signalbox.Host.Supervision;
using Signalbox.Pipelines.Local;

namespace Signalbox.Cli.Running;

/// <summary>Ends what is left of a run: what left its job's session, and all of it where the run was killed.</summary>
internal static class RunSweep
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static bool s_adopts;

    /// <summary>Takes in what loses its parent, so that a run's own processes stay its descendants whatever they do.</summary>
    public static void Adopt() => s_adopts = Libc.Prctl(Libc.SetChildSubreaper, 1, 0, 0, 0) == 0;

    /// <param name="mark">The run's.</param>
    /// <param name="unfinished">Processes of jobs that the journal saw begin and not end.</param>
    public static void End(string mark, IReadOnlyList<(StartedProcess Process, string Boot)> unfinished)
    {
        foreach (var (process, boot) in unfinished)
            if (boot == ProcessFacts.Boot)
                new Leftovers(mark, new ShimRunning(0, process.Pid, process.StartTicks, process.Pid, process.StartTicks, default, boot), null).End();
        Leftovers.OfHook(mark).End();
        if (s_adopts) EndAdopted();
    }

    /// <summary>What laid down the run's mark, its session and its parent came to this process, which has no other children now.</summary>
    private static void EndAdopted()
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience;)
        {
            var adopted = ProcessStat.ReadAll().Where(process => process.Parent == Environment.ProcessId).ToList();
            if (adopted.Count == 0) return;
            foreach (var process in adopted)
            {
                Pidfd.Signal(process.Pid, process.StartTicks, Libc.Sigkill);
                _ = Libc.WaitPid(process.Pid, out _, 0);
            }
        }
    }

    /// <summary>An engine's client may end before its container: what has the run's label is removed.</summary>
    public static void EndContainers(string engine, string mark)
    {
        if (Run(engine, "ps", "--all", "--quiet", "--filter", $"label={JobCommands.Label}={mark}") is not { Length: > 0 } ids) return;
        Run(engine, ["rm", "--force", .. ids.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]);
    }

    private static string? Run(string program, params string[] arguments)
    {
        if (InstalledProgram.Find(program) is not { } path) return null;
        using var process = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
        if (process is null) return null;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience)) process.Kill(entireProcessTree: true);
        return output.Wait(Patience) ? output.Result : null;
    }
}
