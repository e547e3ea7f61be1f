using System.Diagnostics;
using Signalbox.Host.Posix;
using Signalbox.Host.Shim;

namespace Signalbox.Host.Supervision;

/// <summary>
/// What lives on of an instance whose shim was killed. It is found by the shim's session; by the mark that every
/// process inherits in its environment; and, where services have users of their own, by the user, which none can
/// lay down. The children of all these are found with them.
/// </summary>
/// <param name="directory">The instance's; its name is the mark.</param>
/// <param name="running">Null where the shim did not come to say it.</param>
/// <param name="userId">The service's own user, or null.</param>
internal sealed class Leftovers(string directory, ShimRunning? running, int? userId)
{
    /// <summary>The variable that every process of an instance inherits: the instance's id.</summary>
    public const string Mark = "SIGNALBOX_INSTANCE";

    private const string ShimVerb = "shim";

    /// <summary>A process that does not die of SIGKILL by then waits for a device, and nobody can end it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2), Round = TimeSpan.FromMilliseconds(2);

    private readonly string _mark = Path.GetFileName(directory);

    public static Leftovers Of(string directory, ShimSpec spec) => new(directory, ShimRun.RunningOf(directory, spec), spec.UserId);

    /// <summary>A hook has neither a shim nor a directory, but a mark.</summary>
    public static Leftovers OfHook(string mark) => new(mark, null, null);

    /// <summary>Once host and shims of a state directory were ended: what they did not end themselves.</summary>
    /// <param name="instances"><see cref="SupervisionPaths.Instances"/>; one that is not there is fine.</param>
    public static void EndAll(string instances)
    {
        if (!Directory.Exists(instances)) return;
        foreach (var directory in Directory.GetDirectories(instances))
            if (ShimFiles.Read(directory, ShimFiles.Spec, ShimJson.Default.ShimSpec) is { } spec && ShimRun.ExitOf(directory, spec) is null)
                Of(directory, spec).End();
    }

    /// <summary>Kills until nothing is found any more: what is found may be forking.</summary>
    public void End()
    {
        var killed = new HashSet<int>();
        for (var started = Stopwatch.StartNew(); started.Elapsed < Patience; Thread.Sleep(Round))
        {
            var found = Find();
            foreach (var process in found) Pidfd.Signal(process.Pid, process.StartTicks, Libc.Sigkill);
            killed.UnionWith(found.Select(p => p.Pid));
            if (found.Count == 0) break;
        }
        // orphans come to this process where it is the first of a container
        foreach (var pid in killed) _ = Libc.WaitPid(pid, out _, Libc.NoHang);
    }

    private List<ProcessStat> Find()
    {
        var all = ProcessStat.ReadAll();
        var byPid = new Dictionary<int, ProcessStat>();
        foreach (var process in all) byPid[process.Pid] = process;
        // the session's number is free again once it is empty: a stranger may have it now
        var session = running is not null && !(byPid.TryGetValue(running.ShimPid, out var now) && now.StartTicks != running.ShimStart);
        var found = all.Where(p => (session && IsInSession(p)) || IsMarked(p.Pid) || IsOfUser(p, byPid)).Select(p => p.Pid).ToHashSet();
        for (var before = 0; before != found.Count;)
        {
            before = found.Count;
            found.UnionWith(all.Where(p => found.Contains(p.Parent)).Select(p => p.Pid));
        }
        return [.. all.Where(p => p.Alive && p.Pid != 1 && p.Pid != Environment.ProcessId && found.Contains(p.Pid))];
    }

    private bool IsInSession(ProcessStat process) => process.Session == running!.ShimPid && process.StartTicks >= running.ShimStart;

    private bool IsMarked(int pid) => ProcessFacts.HasVariable(pid, Mark, _mark) || IsShim(ProcessFacts.ArgumentsOf(pid), d => d == directory);

    /// <summary>Under the service's user, and below neither another shim nor this host, which runs probes and hooks.</summary>
    private bool IsOfUser(ProcessStat process, Dictionary<int, ProcessStat> byPid)
    {
        if (userId is not { } user || ProcessFacts.UserOf(process.Pid) != user) return false;
        var above = process.Parent;
        // at most as many steps as there are processes: the picture is not of one moment
        for (var steps = byPid.Count; steps > 0 && above > 1 && ProcessFacts.UserOf(above) == user; steps--)
            above = byPid.TryGetValue(above, out var parent) ? parent.Parent : 0;
        return above != Environment.ProcessId && !IsShim(ProcessFacts.ArgumentsOf(above), d => d != directory);
    }

    private static bool IsShim(IReadOnlyList<string> arguments, Func<string, bool> of) =>
        arguments.Count >= 3 && arguments[^2] == ShimVerb && of(arguments[^1]);
}
