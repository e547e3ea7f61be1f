namespace Signalbox.Dora;

/// <summary>A deployment that hurt users.</summary>
/// <param name="FailedAt">Since when: its first user, or the incident it is charged with.</param>
/// <param name="DetectedAt">When that was known.</param>
/// <param name="RecoveredAt">When users were served well again; null while they are not.</param>
internal sealed record Failure(Deployment Deployment, DateTimeOffset FailedAt, DateTimeOffset DetectedAt, DateTimeOffset? RecoveredAt)
{
    /// <summary>How long users suffered; null while they do, or where nobody said when it began.</summary>
    public TimeSpan? Took => RecoveredAt - FailedAt is { } took && took >= TimeSpan.Zero && (Deployment.IsBeginningKnown || FailedAt != Deployment.ExposedAt) ? took : null;
}

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
        var line = new Lines(deployments);
        var failures = deployments.Select(deployment => OfItself(deployment, line))
            .Concat(deployments.Where(deployment => deployment is { IsRollback: true, ExposedAt: not null }).Select(rollback => TakenBackBy(rollback, line)))
            .Concat(incidents.Select(incident => Charged(incident, line)))
            .OfType<Failure>();
        foreach (var one in failures.GroupBy(failure => failure.Deployment.Id)) _failures.Add(one.Key, Together([.. one]));
        var here = deployments.Select(FailureOf).OfType<Failure>().ToList();
        foreach (var deployment in deployments)
            if (deployment.IsRollback || here.Any(failure => Mends(deployment, failure))) _rework.Add(deployment.Id);
    }

    /// <summary>What was known first says since when; mended it is by whatever mended it first: off the release, or the incident resolved.</summary>
    private static Failure Together(List<Failure> same)
    {
        var first = same.OrderBy(failure => failure.DetectedAt).ThenBy(failure => failure.FailedAt).First();
        return first with { RecoveredAt = same.Select(failure => failure.RecoveredAt).Where(at => at >= first.FailedAt).Min() };
    }

    private static bool Mends(Deployment deployment, Failure failure) =>
        failure.Deployment.Id != deployment.Id && deployment.StartedAt >= failure.DetectedAt && !(failure.RecoveredAt <= deployment.StartedAt);

    /// <summary>Users had it and it did not stay: recovered when it was off them, or where that failed with the next that took over.</summary>
    private static Failure? OfItself(Deployment deployment, Lines line) => deployment is { IsRollback: false, ExposedAt: { } exposed, EndedAt: { } ended }
        ? deployment.Outcome switch
        {
            DeploymentOutcome.TakenBack => new(deployment, exposed, Later(exposed, deployment.AbortedAt ?? ended), ended),
            DeploymentOutcome.Failed => new(deployment, exposed, Later(exposed, deployment.AbortedAt ?? ended), line.NextAfter(ended)?.TookOverAt),
            _ => null,
        }
        : null;

    /// <summary>The deployment that had brought what the rollback left: which release that was it says itself, or what took over before it does.</summary>
    private static Failure? TakenBackBy(Deployment rollback, Lines line)
    {
        var left = rollback.Replaces ?? line.TookOver(rollback.StartedAt, deployment => deployment.Id != rollback.Id)?.Release;
        return line.TookOver(rollback.StartedAt, deployment => !deployment.IsRollback && deployment.Release == left) is { ExposedAt: { } exposed } bad
            ? new(bad, exposed, rollback.StartedAt, rollback.TookOverAt ?? line.NextAfter(rollback.StartedAt)?.TookOverAt)
            : null;
    }

    /// <summary>Until somebody says that it is resolved, the next that takes over ends it: users are off the release then.</summary>
    private static Failure? Charged(Incident incident, Lines line) => ChargedTo(incident, line) is { } bad
        ? new(bad, incident.OpenedAt, incident.OpenedAt, incident.ResolvedAt ?? line.NextAfter(incident.OpenedAt)?.TookOverAt)
        : null;

    /// <summary>The release that it names; else the one that is going out, whose users are in it; else the one that took over the day before.</summary>
    private static Deployment? ChargedTo(Incident incident, Lines line)
    {
        var at = incident.OpenedAt;
        if (incident.Release is { } named) return line.Exposed(at, deployment => !deployment.IsRollback && deployment.Release == named);
        return line.Exposed(at, deployment => !deployment.IsRollback && !(deployment.TookOverAt <= at) && !(deployment.EndedAt < at))
            ?? (line.TookOver(at, _ => true) is { IsRollback: false, TookOverAt: { } took } last && at - took <= s_suspicion ? last : null);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    /// <summary>The deployments of an environment, in the order in which the first users got them and in that in which all of them did.</summary>
    private sealed class Lines(List<Deployment> deployments)
    {
        private readonly Line _exposed = new(deployments, deployment => deployment.ExposedAt), _tookOver = new(deployments, deployment => deployment.TookOverAt);

        public Deployment? NextAfter(DateTimeOffset at) => _tookOver.NextAfter(at);

        /// <summary>The newest that took over by <paramref name="at"/> and is meant.</summary>
        public Deployment? TookOver(DateTimeOffset at, Predicate<Deployment> isMeant) => _tookOver.Before(at, isMeant);

        /// <summary>The newest that had users by <paramref name="at"/> and is meant.</summary>
        public Deployment? Exposed(DateTimeOffset at, Predicate<Deployment> isMeant) => _exposed.Before(at, isMeant);
    }

    private sealed class Line(List<Deployment> deployments, Func<Deployment, DateTimeOffset?> when)
    {
        private readonly List<Deployment> _line = [.. deployments.Where(deployment => when(deployment) is not null).OrderBy(when).ThenBy(deployment => deployment.Id, StringComparer.Ordinal)];

        public Deployment? NextAfter(DateTimeOffset at) => IndexAfter(at) is var index && index < _line.Count ? _line[index] : null;

        public Deployment? Before(DateTimeOffset at, Predicate<Deployment> isMeant)
        {
            var from = IndexAfter(at) - 1;
            for (var i = from; i >= 0 && i > from - MostSteps; i--)
                if (isMeant(_line[i])) return _line[i];
            return null;
        }

        /// <summary>The first after <paramref name="at"/>, by halving.</summary>
        private int IndexAfter(DateTimeOffset at)
        {
            var (low, high) = (0, _line.Count);
            while (low < high)
                if (when(_line[(low + high) / 2]) <= at) low = ((low + high) / 2) + 1;
                else high = (low + high) / 2;
            return low;
        }
    }
}
