namespace Signalbox.Dora;

/// <param name="At">When all users had the change.</param>
/// <param name="Took">From its commit to that; null where the commit's time is not known or lies after it.</param>
internal sealed record ChangeDelivered(DateTimeOffset At, TimeSpan? Took);

/// <summary>Every change with the first deployment that brought it to all users of an environment.</summary>
internal static class LeadTimes
{
    public static IEnumerable<ChangeDelivered> Of(IEnumerable<Deployment> deployments) => deployments
        .Where(deployment => deployment is { IsRollback: false, TookOverAt: not null, Outcome: DeploymentOutcome.Succeeded })
        .GroupBy(deployment => (deployment.Application, deployment.Environment))
        .SelectMany(track => OfOne(track.OrderBy(deployment => deployment.TookOverAt).ThenBy(deployment => deployment.Id, StringComparer.Ordinal)));

    private static IEnumerable<ChangeDelivered> OfOne(IEnumerable<Deployment> line)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var deployment in line)
        {
            var at = deployment.TookOverAt!.Value;
            // the first deployment brings a whole history along: only its newest commit is a change to that environment
            var brought = known.Count == 0 ? deployment.Changes.Take(1) : deployment.Changes.Where(change => !known.Contains(change.Commit));
            foreach (var change in brought.DistinctBy(change => change.Commit).ToList()) yield return new(at, Took(change, at));
            foreach (var change in deployment.Changes) known.Add(change.Commit);
        }
    }

    private static TimeSpan? Took(Change change, DateTimeOffset at) => change.CommittedAt is { } committed && committed <= at ? at - committed : null;
}
