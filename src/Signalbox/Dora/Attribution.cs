namespace Signalbox.Dora;

/// <summary>A deployment that hurt users.</summary>
/// <param name="FailedAt">Since when: its first user, or the incident it is charged with.</param>
/// <param name="DetectedAt">When that was known.</param>
/// <param name="RecoveredAt">When users were served well again; null while they are not.</param>
internal sealed record Failure(Deployment Deployment, DateTimeOffset FailedAt, DateTimeOffset DetectedAt, DateTimeOffset? RecoveredAt);

/// <summary>
/// Which deployments failed and which were rework: derived, since nobody ticks it. Pure, and whatever the order of the
/// facts. docs/dora.md has the rules and their reasons.
/// </summary>
internal sealed class Attribution
{
    /// <summary>An incident that names no release is charged to the deployment of the day before it, else to none.</summary>
    private static readonly TimeSpan s_suspicion = TimeSpan.FromHours(24);

    /// <summary>How far back the release that a rollback or an incident names is looked for.</summary>
    private const int MostSteps = 50;

    private readonly Dictionary<string, Failure> _failures = new(StringComparer.Ordinal);
    private readonly HashSet<string> _rework = new(StringComparer.Ordinal);

    private Attribution() { }

    public IReadOnlyCollection<Failure> Failures => _failures.Values;

    public Failure? FailureOf(Deployment deployment) => _failures.GetValueOrDefault(deployment.Id);

    /// <summary>Not planned: it mends a failure that users had.</summary>
    public bool IsRework(Deployment deployment) => _rework.Contains(deployment.Id);

    public static Attribution Of(DoraFacts facts)
    {
        var attribution = new Attribution();
        var incidents = facts.Incidents.ToLookup(incident => (incident.Application, incident.Environment));
        foreach (var track in facts.Deployments.GroupBy(deployment => (deployment.Application, deployment.Environment)))
            attribution.Judge([.. track], [.. incidents[track.Key]]);
        return attribution;
    }

    private void Judge(List<Deployment> deployments, List<Incident> incidents)
    {
        var line = new Takeovers(deployments);
        var failures = deployments.Select(deployment => OfItself(deployment, line))
            .Concat(deployments.Where(deployment => deployment is { IsRollback: true, ExposedAt: not null }).Select(rollback => TakenBackBy(rollback, line)))
            .Concat(incidents.Select(incident => Charged(incident, line)))
            .OfType<Failure>();
        foreach (var failure in failures.OrderBy(failure => failure.DetectedAt).ThenBy(failure => failure.FailedAt))
            _failures.TryAdd(failure.Deployment.Id, failure);
        var here = deployments.Select(FailureOf).OfType<Failure>().ToList();
        foreach (var deployment in deployments)
            if (deployment.IsRollback || here.Any(failure => Mends(deployment, failure))) _rework.Add(deployment.Id);
    }

    private static bool Mends(Deployment deployment, Failure failure) =>
        failure.Deployment.Id != deployment.Id && deployment.StartedAt >= failure.DetectedAt && !(failure.RecoveredAt <= deployment.StartedAt);

    /// <summary>Users had it and it did not stay: recovered when it was off them, or where that failed with the next that took over.</summary>
    private static Failure? OfItself(Deployment deployment, Takeovers line) => deployment is { IsRollback: false, ExposedAt: { } exposed, EndedAt: { } ended }
        ? deployment.Outcome switch
        {
            DeploymentOutcome.TakenBack => new(deployment, exposed, Later(exposed, deployment.AbortedAt ?? ended), ended),
            DeploymentOutcome.Failed => new(deployment, exposed, Later(exposed, deployment.AbortedAt ?? ended), line.NextAfter(ended)?.TookOverAt),
            _ => null,
        }
        : null;

    private static Failure? TakenBackBy(Deployment rollback, Takeovers line) =>
        line.Before(rollback.StartedAt, deployment => rollback.Replaces is null || deployment.Release == rollback.Replaces, MostSteps) is { IsRollback: false, ExposedAt: { } exposed } bad
            ? new(bad, exposed, rollback.StartedAt, rollback.TookOverAt ?? line.NextAfter(rollback.StartedAt)?.TookOverAt)
            : null;

    private static Failure? Charged(Incident incident, Takeovers line) =>
        line.Before(incident.OpenedAt, deployment => incident.Release is null || deployment.Release == incident.Release, MostSteps) is { IsRollback: false, TookOverAt: { } took } bad
        && (incident.Release is not null || incident.OpenedAt - took <= s_suspicion)
            ? new(bad, incident.OpenedAt, incident.OpenedAt, incident.ResolvedAt)
            : null;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    /// <summary>The deployments that all users got, in the order in which they did.</summary>
    private sealed class Takeovers(List<Deployment> deployments)
    {
        private readonly List<Deployment> _line =
            [.. deployments.Where(deployment => deployment.TookOverAt is not null).OrderBy(deployment => deployment.TookOverAt).ThenBy(deployment => deployment.Id, StringComparer.Ordinal)];

        public Deployment? NextAfter(DateTimeOffset at) => IndexAfter(at) is var index && index < _line.Count ? _line[index] : null;

        /// <summary>The newest that took over by <paramref name="at"/> and is meant.</summary>
        public Deployment? Before(DateTimeOffset at, Predicate<Deployment> isMeant, int steps)
        {
            var from = IndexAfter(at) - 1;
            for (var i = from; i >= 0 && i > from - steps; i--)
                if (isMeant(_line[i])) return _line[i];
            return null;
        }

        /// <summary>The first that took over after <paramref name="at"/>, by halving.</summary>
        private int IndexAfter(DateTimeOffset at)
        {
            var (low, high) = (0, _line.Count);
            while (low < high)
                if (_line[(low + high) / 2].TookOverAt <= at) low = ((low + high) / 2) + 1;
                else high = (low + high) / 2;
            return low;
        }
    }
}
