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

    /// <summary>A process that does not die of SIGKILL by then waits for a device, and nobody can end it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2), Round = TimeSpan.FromMilliseconds(2);

    private readonly string _mark = Path.GetFileName(directory);

    /// <returns>Null where nothing can be left: the run was of another boot.</returns>
    public static Leftovers? Of(string directory, ShimSpec spec)
    {
        var running = ShimFiles.Read(directory, ShimFiles.Running, ShimJson.Default.ShimRunning);
        if (running?.Run != spec.Run) return new(directory, null, spec.UserId);
        return running.Boot.Length > 0 && ProcessFacts.Boot.Length > 0 && running.Boot != ProcessFacts.Boot ? null : new(directory, running, spec.UserId);
    }

    /// <summary>A hook has neither a shim nor a directory, but a mark.</summary>
    public static Leftovers OfHook(string mark) => new(mark, null, null);

    /// <summary>Once host and shims of a state directory were ended: what they did not end themselves.</summary>
    /// <param name="instances"><see cref="SupervisionPaths.Instances"/>; one that is not there is fine.</param>
    public static void EndAll(string instances)
    {
        var picture = new Lazy<ProcessPicture>(ProcessPicture.Take);
        foreach (var left in In(instances)) left.End(picture.Value);
    }

    /// <summary>Whether anything of a state directory's instances runs, with or without its shim.</summary>
    public static bool AreIn(string instances)
    {
        var picture = new Lazy<ProcessPicture>(ProcessPicture.Take);
        return In(instances).Any(left => left.Find(picture.Value).Count > 0);
    }

    /// <summary>Of each instance whose end nobody wrote down.</summary>
    private static IEnumerable<Leftovers> In(string instances)
    {
        if (!Directory.Exists(instances)) yield break;
        foreach (var directory in Directory.GetDirectories(instances))
            if (ShimFiles.Read(directory, ShimFiles.Spec, ShimJson.Default.ShimSpec) is { } spec && ShimRun.ExitOf(directory, spec) is null && Of(directory, spec) is { } left)
                yield return left;
    }

    /// <summary>As <see cref="End()"/>, where anything was left at an earlier moment: what lives now came from what lived then.</summary>
    public void End(ProcessPicture seen)
    {
        if (Find(seen).Count > 0) End();
    }

    /// <summary>Kills until nothing is found any more: what is found may be forking.</summary>
    /// <exception cref="IOException">The processes cannot be looked at: no descriptor is left, for one.</exception>
    public void End()
    {
        var killed = new HashSet<int>();
        for (var started = Stopwatch.StartNew(); started.Elapsed < Patience; Thread.Sleep(Round))
        {
            var found = Find(ProcessPicture.Take());
            foreach (var process in found) Pidfd.Signal(process.Pid, process.StartTicks, Libc.Sigkill);
            killed.UnionWith(found.Select(p => p.Pid));
            if (found.Count == 0) break;
        }
        // orphans come to this process where it is the first of a container
        foreach (var pid in killed) _ = Libc.WaitPid(pid, out _, Libc.NoHang);
    }

    private List<ProcessStat> Find(ProcessPicture now)
    {
        var all = now.All;
        var session = HasSession(now);
        var found = all.Where(p => (session && IsInSession(p, now)) || IsMarked(p.Pid, now) || IsOfUser(p, now)).Select(p => p.Pid).ToHashSet();
        for (var before = 0; before != found.Count;)
        {
            before = found.Count;
            found.UnionWith(all.Where(p => found.Contains(p.Parent)).Select(p => p.Pid));
        }
        return [.. all.Where(p => p.Alive && p.Pid != 1 && p.Pid != Environment.ProcessId && found.Contains(p.Pid))];
    }

    /// <summary>The session's number is free again once it is empty: a stranger may have it now, and after a boot mostly has.</summary>
    private bool HasSession(ProcessPicture now) =>
        running is { Boot.Length: > 0 } && running.Boot == ProcessFacts.Boot
        && (now.Find(running.ShimPid) is not { } leader || leader.StartTicks == running.ShimStart);

    /// <summary>Where the service has a user of its own, a stranger who got the session's number is told apart by that.</summary>
    private bool IsInSession(ProcessStat process, ProcessPicture now) =>
        process.Session == running!.ShimPid && process.StartTicks >= running.ShimStart
        && (userId is not { } user || now.UserOf(process.Pid) == user || IsMarked(process.Pid, now));

    private bool IsMarked(int pid, ProcessPicture now) => now.MarksOf(pid).Contains(_mark) || now.ShimDirectoryOf(pid) == directory;

    /// <summary>Under the service's user, and below neither another shim nor a probe or a hook of this host.</summary>
    private bool IsOfUser(ProcessStat process, ProcessPicture now)
    {
        if (userId is not { } user || now.UserOf(process.Pid) != user) return false;
        var (top, above) = (process.Pid, process.Parent);
        // at most as many steps as there are processes: the picture is not of one moment
        for (var steps = now.Count; steps > 0 && above > 1 && now.UserOf(above) == user; steps--)
            (top, above) = (above, now.Find(above)?.Parent ?? 0);
        // probes and hooks are marked; an orphan, which comes to a host that is the first of a container, need not be
        if (above == Environment.ProcessId) return now.MarksOf(top).Count == 0;
        return now.ShimDirectoryOf(above) is not { } shim || shim == directory;
    }
}
