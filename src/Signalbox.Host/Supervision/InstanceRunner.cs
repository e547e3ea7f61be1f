using Microsoft.Extensions.Logging;
using Signalbox.Delivery;
using Signalbox.Host.Posix;
using Signalbox.Host.Shim;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Host.Supervision;

/// <summary>The life of one instance: run, probe, back off, run again, until it is stopped.</summary>
internal sealed class InstanceRunner : IAsyncDisposable
{
    private const string NotReadyYet = "not-ready-yet";

    private readonly SupervisionContext _context;
    private readonly InstanceFiles _files;
    private readonly Backoff _backoff;
    private readonly CancellationTokenSource _detach = new();
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _firstProbe = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private Task _life = Task.CompletedTask;
    private Task? _stopped;
    private bool _disposed;
    private int _runs;
    private int? _userId;

    public InstanceRunner(SupervisionContext context, string id, InstanceSpec spec)
    {
        (_context, _files) = (context, new(context.Paths, id));
        var timings = context.Timings;
        _backoff = new(timings.BackoffFirst, timings.BackoffMost, timings.HealthyResetsBackoff, context.Random);
        Instance = new(id, spec, new(InstancePhase.Starting, 0, 0, null, context.Time.GetUtcNow()));
    }

    public SupervisedInstance Instance { get; }

    public string LogFile => _context.Paths.LogFile(Instance.Spec, Instance.Id);

    /// <summary>Done once the first probe after <see cref="Adopt"/> has been answered.</summary>
    public Task FirstProbe => _firstProbe.Task;

    private InstanceSpec Spec => Instance.Spec;

    public void Start() => _life = Task.Run(() => LiveAsync(null));

    /// <summary>Goes on with a run that an earlier host started.</summary>
    public void Adopt(ShimRun run)
    {
        _runs = run.Number;
        _userId = run.UserId;
        _context.Ports.Hold(run.Port);
        Set(s => s with { Port = run.Port, Restarts = _runs - 1, Since = run.StartedAt, WorkloadPid = run.WorkloadPid, UserId = run.UserId });
        _life = Task.Run(() => LiveAsync(run));
    }

    /// <summary>Records that adoption found nothing alive.</summary>
    /// <param name="processes">As they were when the host started.</param>
    public void FoundDead(ShimSpec? spec, Lazy<ProcessPicture> processes)
    {
        var exit = spec is null ? null : ShimRun.ExitOf(_files.Directory, spec);
        if (spec is not null && exit is null) Leftovers.Of(_files.Directory, spec)?.End(processes.Value);
        _runs = spec?.Run ?? 0;
        _userId = spec?.UserId;
        var failure = InstanceFailures.Of(exit, _context.Time.GetUtcNow(), Tail());
        Set(s => s with { Phase = InstancePhase.Exited, Restarts = Math.Max(0, _runs - 1), Failure = failure, Since = failure.At });
    }

    /// <summary>Ends the workload for good; done when nothing of it is left but the log.</summary>
    /// <exception cref="OperationCanceledException">This host let go of it first; the next one goes on.</exception>
    public Task StopAsync()
    {
        if (_stop.TrySetResult() && Instance.Phase != InstancePhase.Exited) Become(InstancePhase.Stopping);
        lock (_gate) return _stopped ??= Task.Run(FinishStopAsync);
    }

    /// <summary>Lets go without touching the workload.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await _detach.CancelAsync();
        await _life;
        _detach.Dispose();
    }

    private IReadOnlyList<string> Tail() =>
        [.. LogReader.Tail(LogFile, InstanceFailures.TailLines, InstanceFailures.TailBytes).Select(l => l.Text)];

    private async Task FinishStopAsync()
    {
        _files.MarkStop();
        await _life;
        if (Instance.Phase != InstancePhase.Exited) throw new OperationCanceledException($"{Instance.Id} is left to the next host");
        _files.Delete(_userId, _context.Logger);
    }

    private async Task LiveAsync(ShimRun? adopted)
    {
        try
        {
            var again = true;
            for (var run = adopted; again; run = null) again = await RunOnceAsync(run);
            if (_stop.Task.IsCompleted || Spec.Kind == ServiceKind.Cron) Become(InstancePhase.Exited, Instance.Failure);
        }
        catch (OperationCanceledException) when (_detach.IsCancellationRequested)
        {
            // the workload lives on for the next host
        }
        finally
        {
            _firstProbe.TrySetResult();
        }
    }

    /// <returns>Whether there shall be another run.</returns>
    private async Task<bool> RunOnceAsync(ShimRun? run)
    {
        if (_stop.Task.IsCompleted && run is null) return false;
        var readyFor = TimeSpan.Zero;
        try
        {
            (run, var failure) = run is null ? await StartRunAsync() : (run, null);
            if (run is not null) (failure, readyFor) = await WatchAsync(run);
            if (failure is null || Spec.Kind == ServiceKind.Cron) return Finish(failure);
            await FailAsync(failure, run);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // a full disk, no process to be had: what keeps one instance from running must not end its supervision
            _context.Logger.LogError(e, "a run of {Instance} failed", Instance.Id);
            await FailAsync(Failure("cannot-start", e.Message), run);
        }
        finally
        {
            if (!_detach.IsCancellationRequested) _context.Ports.Return(Instance.Port);
        }
        await WaitAsync(_backoff.Next(readyFor));
        return !_stop.Task.IsCompleted;
    }

    private async Task FailAsync(InstanceFailure failure, ShimRun? run)
    {
        Become(InstancePhase.Backoff, failure);
        if (run is null) return;
        try
        {
            await EndAsync(run);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // the next start ends what is left; without it this instance would have nobody any more
            _context.Logger.LogError(e, "a run of {Instance} could not be ended", Instance.Id);
        }
    }

    private bool Finish(InstanceFailure? failure)
    {
        if (failure is not null) Set(s => s with { Failure = failure });
        return false;
    }

    private async Task<(ShimRun? Run, InstanceFailure? Failure)> StartRunAsync()
    {
        var port = _context.Ports.Take();
        Set(s => s with { Port = port, Restarts = _runs, WorkloadPid = null });
        _runs++;
        Become(InstancePhase.Starting, Instance.Failure);
        if (!Directory.Exists(Spec.ArtifactDirectory))
            return (null, Failure("artifact-missing", $"the artifact's directory {Spec.ArtifactDirectory} does not exist"));
        Prepare();
        var (run, error) = await _context.Shims.StartAsync(_files.Directory, MakeShimSpec(port));
        if (run is null) return (null, Failure("cannot-start", error!));
        Set(s => s with { WorkloadPid = run.WorkloadPid });
        return (run, null);
    }

    /// <summary>An adopted instance keeps its user, who owns its work directory, unless services have none of their own any more.</summary>
    private void Prepare()
    {
        var before = _userId;
        _userId = _context.Paths.Users is { } users ? _userId ?? users.Of(Spec.Track, Spec.Service) : null;
        if (_runs == 1 || before != _userId) _files.Create(Spec, _userId);
        Set(s => s with { UserId = _userId });
    }

    private ShimSpec MakeShimSpec(int port)
    {
        var work = _userId is null ? null : _context.Paths.WorkDirectory(Instance.Id);
        var timings = _context.Timings;
        return new(
            _runs, Spec.Command, WorkloadEnvironment.Of(Instance.Id, Spec, port, _context.HostEnvironment, work), Spec.ArtifactDirectory,
            Spec.StopGrace, LogFile, timings.LogFileBytes, timings.LogFiles, _userId, DescriptorLimit.Former);
    }

    /// <returns>Why the run is over: null where it was stopped, or a cron's run ended well.</returns>
    private async Task<(InstanceFailure? Failure, TimeSpan ReadyFor)> WatchAsync(ShimRun run)
    {
        var watch = new RunWatch(_context, Spec, run, _userId, _files.WasReady(run.Number));
        var over = await watch.UntilOverAsync(Transition, NotYet, _firstProbe.TrySetResult, _stop.Task, _detach.Token);
        switch (over)
        {
            case RunOver.Stopped:
                await EndAsync(run);
                return (null, watch.ReadyFor);
            case RunOver.GivenUp:
                return (Failure(watch.Kind, watch.Message), watch.ReadyFor);
            default:
                var exit = await ReadExitAsync(run);
                var fine = Spec.Kind == ServiceKind.Cron && exit is { ExitCode: 0 };
                return (fine ? null : InstanceFailures.Of(exit, _context.Time.GetUtcNow(), Tail()), watch.ReadyFor);
        }

        // an earlier run's failure says more
        void NotYet()
        {
            if (Instance.Failure is null or { Kind: NotReadyYet }) Become(InstancePhase.Starting, Failure(NotReadyYet, $"not ready yet: {watch.Message}"));
        }

        void Transition(bool ready)
        {
            if (ready) _files.MarkReady(run.Number);
            Become(ready ? InstancePhase.Ready : InstancePhase.Unready, ready ? null : Failure("unhealthy", watch.Message));
        }
    }

    /// <summary>No run follows before nothing is left of this one.</summary>
    private async Task<ShimExit?> ReadExitAsync(ShimRun run)
    {
        ShimExit? exit = null;
        await OnceThereAreDescriptorsAsync(() =>
        {
            exit = run.ReadExit();
            if (exit is null) run.Kill();
        });
        return exit;
    }

    private async Task EndAsync(ShimRun run)
    {
        await OnceThereAreDescriptorsAsync(run.Terminate);
        var patience = Spec.StopGrace + _context.Timings.ShimGrace;
        var ended = await Task.WhenAny(run.Ended, Task.Delay(patience, _context.Time, _detach.Token)) == run.Ended;
        _detach.Token.ThrowIfCancellationRequested();
        if (ended) return;
        _context.Logger.LogWarning("the shim of {Instance} did not end within {Patience}; it is killed", Instance.Id, patience);
        await OnceThereAreDescriptorsAsync(run.Kill);
        await run.Ended;
    }

    /// <summary>To recognize a process takes a descriptor.</summary>
    private async Task OnceThereAreDescriptorsAsync(Action act)
    {
        while (true)
        {
            try
            {
                act();
                return;
            }
            catch (Exception e) when (Shortage.Is(e))
            {
                await Task.Delay(_context.Timings.StartProbe, _context.Time, _detach.Token);
            }
        }
    }

    private async Task WaitAsync(TimeSpan wait)
    {
        await Task.WhenAny(_stop.Task, Task.Delay(wait, _context.Time, _detach.Token));
        _detach.Token.ThrowIfCancellationRequested();
    }

    private InstanceFailure Failure(string kind, string message) =>
        InstanceFailures.New(kind, message, _context.Time.GetUtcNow(), Tail());

    private void Become(InstancePhase phase, InstanceFailure? failure = null)
    {
        var now = _context.Time.GetUtcNow();
        lock (_gate)
        {
            // a probe that was under way must not bring back what is being stopped
            if (_stop.Task.IsCompleted && phase is not (InstancePhase.Stopping or InstancePhase.Exited)) return;
            var status = Instance.Status;
            var pid = phase is InstancePhase.Backoff or InstancePhase.Exited ? null : status.WorkloadPid;
            var since = status.Phase == phase ? status.Since : now;
            Instance.Become(status with { Phase = phase, Failure = failure, Since = since, WorkloadPid = pid });
        }
        _context.Changed(Instance);
    }

    private void Set(Func<InstanceStatus, InstanceStatus> change)
    {
        lock (_gate) Instance.Become(change(Instance.Status));
    }
}
