using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Signalbox.Delivery;

namespace Signalbox.Pipelines.Local;

/// <summary>
/// Takes a plan to its end on this machine: one thread decides, starts, reads and times; what needs the disk (known results, what
/// was made) goes on beside it.
/// </summary>
/// <param name="logOf">Where a job's output goes.</param>
internal sealed class LocalRun(
    RunPlan plan, RunScheduler scheduler, IJobProcesses processes, IJobCommands commands, IResults results, IRunEvents events,
    Func<PlannedJob, JobLog> logOf, TimeProvider time) : IProcessListener
{
    /// <summary>Between SIGTERM and SIGKILL.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Dictionary<int, ActiveJob> _active = [];
    private readonly ConcurrentQueue<Action> _done = new();
    private readonly Digest[] _made = new Digest[plan.Jobs.Count];
    private readonly List<JobEnd> _ends = [];
    private readonly long _began = time.GetTimestamp();

    private TimeSpan Now => time.GetElapsedTime(_began);

    /// <returns>One for each job of the plan, in the order they ended.</returns>
    public IReadOnlyList<JobEnd> Execute(CancellationToken cancel)
    {
        using var wake = cancel.Register(processes.Wake);
        try
        {
            while (true)
            {
                if (cancel.IsCancellationRequested) scheduler.Cancel();
                while (_done.TryDequeue(out var act)) act();
                while (scheduler.Next() is { } job) Begin(plan.Jobs[job]);
                foreach (var skipped in scheduler.TakeSkipped()) Tell(new(plan.Jobs[skipped], JobOutcome.Skipped, Now, TimeSpan.Zero) { Reason = WhySkipped(plan.Jobs[skipped]) });
                if (scheduler.Finished) return _ends;
                var until = EndWhatMust();
                if (_done.IsEmpty) processes.Wait(until, this);
            }
        }
        finally
        {
            // only after a fault of its own is anything left
            foreach (var active in _active.Values)
            {
                if (active.Runs) processes.Kill(active.Job.Index);
                active.Cancel.Cancel();
            }
        }
    }

    public void Output(int job, ReadOnlySpan<byte> text) => _active[job].Log.Write(text);

    public void Ended(int job, ProcessEnd end)
    {
        var active = _active[job];
        active.Runs = false;
        active.Log.EndTry();
        if (active.TimedOut) Fail(active, end.Code, string.Create(CultureInfo.InvariantCulture, $"took longer than its timeout of {active.Job.Job.Timeout.TotalSeconds:0.#} s and was ended"), JobOutcome.TimedOut);
        // many a program that is asked to end says 0, and has done half
        else if (active.TermAt is not null) Close(active, JobOutcome.Cancelled, end.Code, "the run was ended");
        else if (end.Code is { } code && active.Command!.Accepted.Contains(code)) Collect(active, code);
        else Fail(active, end.Code, end.Signal is { } signal ? $"was killed by signal {signal}" : end.Code is { } bad ? $"exited with code {bad}" : "ended, and nobody told how");
    }

    private void Begin(PlannedJob job)
    {
        var active = new ActiveJob(job, Now, logOf(job));
        _active[job.Index] = active;
        events.Begun(job);
        IReadOnlyList<Digest> needs = [.. job.Needs.Select(need => _made[need])];
        Beside(() => results.Find(job, needs), found => Prepared(active, found), e => Close(active, JobOutcome.Failed, null, $"its inputs cannot be read: {e.Message.TrimEnd('.')}"));
    }

    private void Prepared(ActiveJob active, Lookup found)
    {
        active.Asked = found;
        if (found.Made is { } made)
        {
            _made[active.Job.Index] = made;
            Close(active, JobOutcome.Cached, null, null, found.Took);
        }
        else if (scheduler.IsUnwanted(active.Job.Index)) Close(active, JobOutcome.Cancelled, null, "the run was ended");
        else Try(active);
    }

    private void Try(ActiveJob active)
    {
        var job = active.Job;
        active.Command = commands.Of(job);
        (active.Tries, active.TryBegan, active.TermAt, active.TimedOut) = (active.Tries + 1, Now, null, false);
        if (active.Tries == 1) active.Log.Clear();
        _made[job.Index] = active.Asked!.Key;
        switch (active.Command)
        {
            case { Gap: { } gap }:
                Close(active, JobOutcome.Gap, null, gap);
                break;
            case { Problem: { } problem }:
                Close(active, JobOutcome.Failed, null, problem);
                break;
            case { Inside: { } inside }:
                Beside(() => inside(active.Cancel.Token).GetAwaiter().GetResult(), end => Finish(active, end), e => Fail(active, null, e.Message.TrimEnd('.')));
                break;
            case { Start: { } start }:
                if (processes.Start(job.Index, start, out var why) is { } process)
                {
                    active.Runs = true;
                    events.Started(job, active.Tries, process);
                }
                else Close(active, JobOutcome.Failed, null, $"cannot be started: {why}");
                break;
        }
    }

    private void Finish(ActiveJob active, InsideEnd end)
    {
        if (end.Text.Length > 0) active.Log.Say(end.Text);
        if (end.Outcome == JobOutcome.Succeeded) Collect(active, null);
        else if (end.Outcome == JobOutcome.Failed) Fail(active, null, end.Text);
        else Close(active, end.Outcome, null, end.Text);
    }

    private void Collect(ActiveJob active, int? code)
    {
        var took = Now - active.TryBegan;
        // the log is part of what is kept
        active.Log.Dispose();
        if (active.Command!.Without is { } without)
        {
            Close(active, JobOutcome.Gap, code, without);
            return;
        }
        Beside(() => active.Command.Check?.Invoke() is { } missing ? new(active.Asked!.Key, missing) : results.Keep(active.Job, active.Asked!, took), kept =>
        {
            _made[active.Job.Index] = kept.Made;
            if (kept.Problem is { } problem) Fail(active, code, problem);
            else Close(active, JobOutcome.Succeeded, code, null, null, kept.Note);
        }, e => Fail(active, code, $"what it made cannot be read: {e.Message.TrimEnd('.')}"));
    }

    private void Fail(ActiveJob active, int? code, string reason, JobOutcome outcome = JobOutcome.Failed)
    {
        if (active.Unwanted) Close(active, JobOutcome.Cancelled, code, "the run was ended");
        else if (active.Tries <= active.Job.Job.Retries && !scheduler.IsUnwanted(active.Job.Index))
        {
            active.Log.Say(string.Create(CultureInfo.InvariantCulture, $"try {active.Tries} {reason}; {active.Job.Job.Retries - active.Tries + 1} left"));
            Try(active);
        }
        else if (outcome.IsFailure() && active.Job.Job.FailureIgnored)
            Close(active, active.Command?.Without is null ? JobOutcome.Ignored : JobOutcome.Gap, code, active.Command?.Without ?? $"{reason}, and its failure does not matter");
        else Close(active, outcome, code, reason);
    }

    private void Close(ActiveJob active, JobOutcome outcome, int? code, string? reason, TimeSpan? saved = null, string? note = null)
    {
        _active.Remove(active.Job.Index);
        active.Dispose();
        scheduler.Ended(active.Job.Index, outcome);
        Tell(new(active.Job, outcome, active.Began, Now - active.Began)
        {
            Tries = active.Tries,
            Code = code,
            Reason = reason,
            Saved = saved,
            Brought = active.Asked?.Brought,
            Key = active.Asked?.Key,
            Made = outcome.Passes() ? _made[active.Job.Index] : null,
            Note = note,
        });
    }

    private void Tell(JobEnd end)
    {
        _ends.Add(end);
        events.Ended(end);
    }

    /// <summary>Ends what took too long or is not wanted any more: gently, then not.</summary>
    /// <returns>When to look again; null where nothing has a time.</returns>
    private TimeSpan? EndWhatMust()
    {
        TimeSpan? until = null;
        foreach (var active in _active.Values)
        {
            if (!active.Unwanted && scheduler.IsUnwanted(active.Job.Index))
            {
                active.Unwanted = true;
                active.Cancel.Cancel();
            }
            if (!active.Runs) continue;
            var left = active.TermAt is { } asked ? Kill(active, asked) : Terminate(active);
            if (until is null || left < until) until = left;
        }
        return until;
    }

    private TimeSpan Terminate(ActiveJob active)
    {
        var left = active.TryBegan + active.Job.Job.Timeout - Now;
        if (left > TimeSpan.Zero && !active.Unwanted) return left;
        active.TimedOut = !active.Unwanted;
        active.TermAt = Now;
        processes.Terminate(active.Job.Index);
        return Grace;
    }

    private TimeSpan Kill(ActiveJob active, TimeSpan asked)
    {
        var left = asked + Grace - Now;
        if (left > TimeSpan.Zero) return left;
        processes.Kill(active.Job.Index);
        return Grace;
    }

    private string WhySkipped(PlannedJob job)
    {
        if (scheduler.Cancelled) return "the run was ended";
        var cause = job.Needs.FirstOrDefault(need => scheduler.OutcomeOf(need) is { } outcome && !outcome.Passes(), -1);
        if (cause >= 0) return $"{plan.Jobs[cause].Id} did not succeed";
        return scheduler.Stopping ? "another job failed" : "nothing before it failed";
    }

    /// <summary>Does what waits for the disk on another thread, and goes on here.</summary>
    private void Beside<T>(Func<T> work, Action<T> then, Action<Exception> failed) => _ = Task.Run(() =>
    {
        try
        {
            var value = work();
            _done.Enqueue(() => then(value));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OperationCanceledException or Diagnostics.SignalboxException or FormatException)
        {
            _done.Enqueue(() => failed(e));
        }
        catch (Exception e)
        {
            // a fault: it ends the run on the run's own thread
            _done.Enqueue(ExceptionDispatchInfo.Capture(e).Throw);
        }
        processes.Wake();
    });
}
