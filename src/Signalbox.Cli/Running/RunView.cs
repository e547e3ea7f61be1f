using Signalbox.Cli.Terminal;
using Signalbox.Pipelines.Local;

namespace Signalbox.Cli.Running;

/// <summary>Shows a run while it goes on, the way the session wants it.</summary>
internal abstract class RunView : IRunEvents, IDisposable
{
    public abstract void Begun(PlannedJob job);

    public abstract void Started(PlannedJob job, int attempt, StartedProcess process);

    public abstract void Ended(JobEnd end);

    public virtual void Dispose() { }

    public static RunView Of(Session session, RunPlan plan, RunOptions options, Func<PlannedJob, string> logOf) =>
        session.Json ? new SilentRunView() : session.Live ? new LiveRunView(session, plan, logOf, options.Verbose) : new LineRunView(session, logOf, options.Verbose);
}

/// <summary>For programs, which get the record at the end.</summary>
internal sealed class SilentRunView : RunView
{
    public override void Begun(PlannedJob job) { }

    public override void Started(PlannedJob job, int attempt, StartedProcess process) { }

    public override void Ended(JobEnd end) { }
}

/// <summary>A line for each job that begins and ends.</summary>
internal sealed class LineRunView(Session session, Func<PlannedJob, string> logOf, bool verbose) : RunView
{
    public override void Begun(PlannedJob job) { }

    public override void Started(PlannedJob job, int attempt, StartedProcess process) => session.Out.WriteLine(attempt == 1 ? $"{job.Id} …" : $"{job.Id} … try {attempt}");

    public override void Ended(JobEnd end)
    {
        session.Out.WriteLine(RunText.Line(end, session.Paint));
        if (verbose || end.Outcome.IsFailure()) foreach (var line in RunText.LastLines(logOf(end.Job), verbose)) session.Out.WriteLine($"  | {line}");
    }
}

/// <summary>All jobs as a tree that is drawn anew in place; what is said of failures stands above it.</summary>
internal sealed class LiveRunView : RunView
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly Session _session;
    private readonly RunPlan _plan;
    private readonly Func<PlannedJob, string> _logOf;
    private readonly bool _verbose;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, long> _running = [];
    private readonly Dictionary<int, JobEnd> _ended = [];
    private readonly LiveBlock _block;
    private readonly Timer _timer;

    public LiveRunView(Session session, RunPlan plan, Func<PlannedJob, string> logOf, bool verbose)
    {
        (_session, _plan, _logOf, _verbose) = (session, plan, logOf, verbose);
        _block = new(session.Out, () => (Screen.Width, Math.Max(5, Console.WindowHeight)));
        _timer = new(_ => Draw(), null, TimeSpan.Zero, Period);
    }

    public override void Begun(PlannedJob job)
    {
        lock (_lock) _running[job.Index] = TimeProvider.System.GetTimestamp();
    }

    public override void Started(PlannedJob job, int attempt, StartedProcess process) { }

    public override void Ended(JobEnd end)
    {
        lock (_lock)
        {
            _running.Remove(end.Job.Index);
            _ended[end.Job.Index] = end;
        }
    }

    /// <summary>The last picture goes, and the whole of it stays as lines.</summary>
    public override void Dispose()
    {
        using (var done = new ManualResetEvent(false))
            if (_timer.Dispose(done)) done.WaitOne();
        _block.Show(" ");
        _block.Dispose();
        foreach (var end in _ended.Values.OrderBy(end => end.Job.Index))
        {
            _session.Out.WriteLine(Indent(end.Job) + RunText.Line(end, _session.Paint));
            if (_verbose || end.Outcome.IsFailure()) foreach (var line in RunText.LastLines(_logOf(end.Job), _verbose)) _session.Out.WriteLine($"  | {line}");
        }
        base.Dispose();
    }

    private void Draw()
    {
        lock (_lock) _block.Show(RunText.Tree(_plan, _running, _ended, Math.Max(5, Console.WindowHeight) - 2, _session.Paint));
    }

    private string Indent(PlannedJob job) => RunText.Indent(_plan, job);
}
