using Signalbox.Analysis;
using Signalbox.Delivery;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Rollouts;

namespace Signalbox.Dora;

/// <summary>The facts that DORA and the principles need, folded out of the ledger entry by entry. Safe to read while it is written.</summary>
public sealed class DoraBook
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Release> _releases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Deployment> _deployments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _active = new(StringComparer.Ordinal);
    private readonly ReportedIncidents _incidents = new();
    private readonly Dictionary<(string, string), PipelineRun> _pipelines = [];
    private readonly Dictionary<(string, string, string), GateFact> _newest = [];
    private readonly List<GateFact> _gates = [];
    private readonly Dictionary<(string, string), long> _reports = [];
    private DateTimeOffset? _firstAt;
    private DoraFacts? _facts;
    private long _applied;

    public DoraFacts Facts
    {
        get
        {
            lock (_gate) return _facts ??= new([.. _deployments.Values], _incidents.All, [.. _pipelines.Values], [.. _gates], _firstAt);
        }
    }

    public void Replay(ILedgerStore ledger)
    {
        for (long after = 0; ledger.Read(after, 500) is { Count: > 0 } page; after = page[^1].Sequence)
            foreach (var entry in page) Apply(entry);
    }

    /// <summary>Takes in a fact; one that is told twice changes nothing.</summary>
    public void Apply(LedgerEntry entry)
    {
        lock (_gate)
        {
            if (entry.Sequence <= _applied) return;
            _applied = entry.Sequence;
            _facts = null;
            Earliest(entry.At);
            if (RolloutEvents.ReleaseFrom(entry) is { } release) _releases[release.Id] = release;
            else if (GateEvents.FromEntry(entry) is { } decided) Decided(TrackKey.Parse(entry.Stream), decided);
            else if (ReportedEvents.FromEntry(entry) is { } reported) Reported(reported, entry);
            else if (RolloutEvents.FromEntry(entry) is { } happened) Happened(entry.Stream, happened);
        }
    }

    /// <returns>The ledger sequence of a report that was taken before, or null.</returns>
    public long? ReportKnown(string source, string id)
    {
        lock (_gate) return _reports.TryGetValue((source, id), out var sequence) ? sequence : null;
    }

    private void Earliest(DateTimeOffset at)
    {
        if (_firstAt is not { } first || at < first) _firstAt = at;
    }

    private void Happened(string track, RolloutEvent happened)
    {
        if (happened is RolloutEvent.Started started) Began(track, started);
        else if (_active.TryGetValue(track, out var id)) _deployments[id] = After(_deployments[id], happened);
    }

    private void Began(string track, RolloutEvent.Started started)
    {
        var key = TrackKey.Parse(track);
        _active[track] = started.Rollout;
        _deployments[started.Rollout] = new(
            started.Rollout, key.Application, key.Environment, started.Plan.Release, started.From, started.Kind == RolloutKind.Rollback,
            IsCode(started.Principal), IsReported: false, started.At)
        {
            Changes = _releases.GetValueOrDefault(started.Plan.Release)?.Source is { } source ? [.. ChangesOf(source)] : [],
            Gates = _newest.GetValueOrDefault((key.Application, key.Environment, started.Plan.Release)),
        };
    }

    private static IEnumerable<Change> ChangesOf(SourceRevision source) =>
        (source.Earlier ?? []).Select(commit => new Change(commit.Commit, commit.CommittedAt)).Prepend(new(source.Commit, source.CommittedAt));

    /// <summary>Begun by a pipeline or by Signalbox itself; whoever else acts is taken for a person.</summary>
    private static bool IsCode(Principal principal) =>
        principal.Name.StartsWith("ci:", StringComparison.Ordinal) || principal.Name.StartsWith("system:", StringComparison.Ordinal);

    private static Deployment After(Deployment deployment, RolloutEvent happened) => happened switch
    {
        RolloutEvent.StepReached step when step.Weight > Weight.Zero => Judged(deployment, step.Evidence) with { ExposedAt = deployment.ExposedAt ?? step.At },
        RolloutEvent.StepReached step => Judged(deployment, step.Evidence),
        RolloutEvent.TookOver over => Judged(deployment, over.Evidence) with { ExposedAt = deployment.ExposedAt ?? over.At, TookOverAt = over.At },
        RolloutEvent.Undecided undecided => Judged(deployment, undecided.Evidence),
        RolloutEvent.Judged judged => Judged(deployment, new Dictionary<string, JudgeReport> { [judged.Service] = judged.Report }),
        // a way back that halts is begun anew: it counts from the first word, unless somebody let the release go on since
        RolloutEvent.AbortStarted abort => Judged(deployment, abort.Evidence) with { AbortedAt = deployment.AbortedAt ?? abort.At },
        RolloutEvent.Halted halted => Judged(deployment, halted.Evidence),
        RolloutEvent.Resumed => deployment with { AbortedAt = null },
        RolloutEvent.HookRequested hook => Judged(deployment, hook.Evidence),
        RolloutEvent.Ended ended => Judged(deployment, ended.Evidence) with { EndedAt = ended.At, Outcome = OutcomeOf(ended.Outcome) },
        _ => deployment,
    };

    private static DeploymentOutcome OutcomeOf(Phase phase) => phase switch
    {
        Phase.Succeeded => DeploymentOutcome.Succeeded,
        Phase.RolledBack => DeploymentOutcome.TakenBack,
        _ => DeploymentOutcome.Failed,
    };

    /// <summary>The judge counts a rollout from its start on: its newest report of a service holds the earlier ones.</summary>
    private static Deployment Judged(Deployment deployment, IReadOnlyDictionary<string, JudgeReport>? evidence)
    {
        if (evidence is not { Count: > 0 }) return deployment;
        var traffic = new Dictionary<string, Traffic>(deployment.Traffic);
        foreach (var (service, report) in evidence)
            traffic[service] = new(report.CanaryRequests + report.StableRequests, report.CanaryBad + report.StableBad);
        return deployment with { Traffic = traffic };
    }

    private void Decided(TrackKey key, GateDecided decided)
    {
        var against = decided.Results.SelectMany(result => result.Lines).Where(line => line.Verdict != GateVerdict.Allow).ToList();
        var fact = new GateFact(
            key.Application, key.Environment, decided.Release, decided.Verdict, decided.At,
            decided.Results.GroupBy(result => result.Gate, StringComparer.Ordinal).ToDictionary(gate => gate.Key, gate => gate.Max(result => result.Verdict)),
            against.Count, against.Count(line => line.Help is not null));
        _newest[(key.Application, key.Environment, decided.Release)] = fact;
        _gates.Add(fact);
    }

    private void Reported(ReportedEvent reported, LedgerEntry entry)
    {
        if (!_reports.TryAdd((reported.Source, reported.Id), entry.Sequence)) return;
        var about = (reported.Source, reported.Subject);
        switch (reported.Kind)
        {
            case ReportedKind.Deployed when reported is { Application: { } application, Environment: { } environment }:
                Earliest(reported.At);
                var id = $"{reported.Source} {reported.Id}";
                _deployments[id] = Deployed(id, reported, application, environment, IsCode(entry.Principal));
                break;
            case ReportedKind.IncidentOpened or ReportedKind.IncidentResolved:
                _incidents.Add(reported);
                break;
            case ReportedKind.PipelineStarted or ReportedKind.PipelineFinished:
                var run = _pipelines.GetValueOrDefault(about) ?? new(reported.Subject, null, null, null);
                _pipelines[about] = reported.Kind == ReportedKind.PipelineStarted
                    ? run with { Application = run.Application ?? reported.Application, StartedAt = Earlier(run.StartedAt, reported.At) }
                    : run with { Application = run.Application ?? reported.Application, FinishedAt = Earlier(run.FinishedAt, reported.At) };
                break;
        }
    }

    private static DateTimeOffset Earlier(DateTimeOffset? known, DateTimeOffset at) => known is { } before && before < at ? before : at;

    private static Deployment Deployed(string id, ReportedEvent reported, string application, string environment, bool byCode)
    {
        var began = reported.StartedAt ?? reported.At;
        return new(id, application, environment, reported.Release ?? reported.Id, reported.Replaces, reported.IsRollback, byCode, IsReported: true, began)
        {
            // of a deployment that failed elsewhere only its beginning is known to have been seen by users
            ExposedAt = reported.Outcome == DeploymentOutcome.Succeeded ? reported.At : began,
            TookOverAt = reported.Outcome == DeploymentOutcome.Succeeded ? reported.At : null,
            EndedAt = reported.At,
            // what began at its own end took no time that anybody could count
            IsBeginningKnown = reported.StartedAt is not null || reported.Outcome == DeploymentOutcome.Succeeded,
            Outcome = reported.Outcome,
            Changes = reported.Changes,
        };
    }
}
