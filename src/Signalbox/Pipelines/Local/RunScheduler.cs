using Signalbox.Delivery;

namespace Signalbox.Pipelines.Local;

/// <summary>
/// Says which job begins next. It knows neither time nor processes: <see cref="Next"/> gives one to begin, <see cref="Ended"/>
/// takes how it ended. Every run ends: each job gets an outcome exactly once, whatever the others' are.
/// </summary>
internal sealed class RunScheduler
{
    private readonly RunPlan _plan;
    private readonly int _slots;
    private readonly bool _keepGoing;
    private readonly long[] _remaining;
    private readonly int[] _left;
    private readonly JobOutcome?[] _outcomes;
    private readonly bool[] _begun;
    private readonly PriorityQueue<int, (long, int)> _ready = new();
    private readonly HashSet<string> _writing = [];
    private readonly List<int> _skipped = [];
    private int _settled;

    /// <param name="slots">How many may run at once.</param>
    /// <param name="remaining">By place: the longest way from it to the end. The longest begins first, of equals the first of the plan.</param>
    /// <param name="keepGoing">Whether what does not need a failed job still begins.</param>
    public RunScheduler(RunPlan plan, int slots, IReadOnlyList<long> remaining, bool keepGoing)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        (_plan, _slots, _keepGoing) = (plan, slots, keepGoing);
        _remaining = [.. remaining];
        _left = [.. plan.Jobs.Select(job => job.Needs.Count)];
        _outcomes = new JobOutcome?[plan.Jobs.Count];
        _begun = new bool[plan.Jobs.Count];
        // what is for failures alone has nothing before it that could fail
        foreach (var job in plan.Jobs.Where(job => job.Needs.Count == 0))
            if (Begins(job.Index)) MakeReady(job.Index);
            else Settle(job.Index, JobOutcome.Skipped);
    }

    /// <summary>Begun and not ended.</summary>
    public int Running { get; private set; }

    /// <summary>A job has failed, and what is left does not count any more.</summary>
    public bool Stopping { get; private set; }

    public bool Cancelled { get; private set; }

    public bool Finished => _settled == _plan.Jobs.Count;

    public JobOutcome? OutcomeOf(int job) => _outcomes[job];

    /// <summary>Whether a running job is to be ended, because the run is.</summary>
    public bool IsUnwanted(int job) => Cancelled || (Stopping && !RunsAfterFailure(job));

    /// <summary>Jobs that were never begun and never will be, since the last call.</summary>
    public IReadOnlyList<int> TakeSkipped()
    {
        IReadOnlyList<int> skipped = [.. _skipped];
        _skipped.Clear();
        return skipped;
    }

    /// <returns>A job to begin now; null where none is ready or every slot is taken.</returns>
    public int? Next()
    {
        while (Running < _slots && TakeReady() is { } job)
        {
            if (IsUnwanted(job)) Settle(job, JobOutcome.Skipped);
            else
            {
                _begun[job] = true;
                if (SharesFiles(job)) _writing.Add(_plan.Jobs[job].Job.Name);
                Running++;
                return job;
            }
        }
        return null;
    }

    /// <param name="job">One that <see cref="Next"/> gave.</param>
    /// <exception cref="InvalidOperationException">It does not run.</exception>
    public void Ended(int job, JobOutcome outcome)
    {
        if (!_begun[job] || _outcomes[job] is not null) throw new InvalidOperationException($"{_plan.Jobs[job].Id} does not run");
        Running--;
        if (SharesFiles(job)) _writing.Remove(_plan.Jobs[job].Job.Name);
        if (outcome.IsFailure() && !_keepGoing) Stopping = true;
        Settle(job, outcome);
    }

    /// <summary>Nothing begins any more; what runs is waited for.</summary>
    public void Cancel() => Cancelled = true;

    private void Settle(int first, JobOutcome outcome)
    {
        var open = new Stack<(int Job, JobOutcome Outcome)>([(first, outcome)]);
        while (open.TryPop(out var at))
        {
            _outcomes[at.Job] = at.Outcome;
            _settled++;
            if (at.Outcome == JobOutcome.Skipped) _skipped.Add(at.Job);
            foreach (var dependent in _plan.Dependents[at.Job])
                if (--_left[dependent] == 0)
                {
                    if (Begins(dependent)) MakeReady(dependent);
                    else open.Push((dependent, JobOutcome.Skipped));
                }
        }
    }

    private int? TakeReady()
    {
        List<int>? aside = null;
        int? taken = null;
        while (taken is null && _ready.TryDequeue(out var job, out _))
            if (SharesFiles(job) && _writing.Contains(_plan.Jobs[job].Job.Name)) (aside ??= []).Add(job);
            else taken = job;
        aside?.ForEach(MakeReady);
        return taken;
    }

    /// <summary>Combinations of one matrix make the same files, also where those are reports alone: one after the other, each has its own when it ends.</summary>
    private bool SharesFiles(int job) => _plan.Jobs[job] is { Axes.Count: > 0, Job: { Outputs.Count: > 0 } or { Tests.Count: > 0 } or { Coverage.Count: > 0 } };

    private void MakeReady(int job) => _ready.Enqueue(job, (-_remaining[job], job));

    private bool Begins(int job)
    {
        var planned = _plan.Jobs[job];
        return !IsUnwanted(job) && planned.Job.When switch
        {
            JobWhen.Always => true,
            JobWhen.Failure => planned.Needs.Any(need => _outcomes[need]!.Value.IsFailure()),
            _ => planned.Needs.All(need => _outcomes[need]!.Value.Passes()),
        };
    }

    private bool RunsAfterFailure(int job) => _plan.Jobs[job].Job.When is JobWhen.Always or JobWhen.Failure;
}
