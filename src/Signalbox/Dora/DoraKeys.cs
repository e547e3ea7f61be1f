namespace Signalbox.Dora;

/// <summary>
/// The five keys of a window. Definitions: DORA, "DORA's software delivery performance metrics" (dora.dev/guides); what
/// counts as a deployment, a failure and rework here stands in docs/dora.md.
/// </summary>
internal sealed class DoraKeys(DoraFacts facts)
{
    private readonly Attribution _attribution = Attribution.Of(facts);
    private readonly List<ChangeDelivered> _changes = [.. LeadTimes.Of(facts.Deployments)];

    /// <summary>Deployments whose rollout succeeded, a day; days before anything was known do not count.</summary>
    public Measured Frequency(Window window)
    {
        var count = facts.Deployments.Count(deployment => deployment is { IsRollback: false, Outcome: DeploymentOutcome.Succeeded } && window.Has(deployment.TookOverAt));
        if (facts.FirstAt is not { } first || first >= window.To) return new(null, count, 0);
        // a ledger that is an hour old has not seen 24 deployments a day because it saw one
        var days = Math.Max((window.To - (first > window.From ? first : window.From)).TotalDays, Math.Min(1, (window.To - window.From).TotalDays));
        return new(days <= 0 ? null : count / days, count, days);
    }

    public Measured LeadTime(Window window)
    {
        var delivered = _changes.Where(change => window.Has(change.At)).ToList();
        return Measured.Median([.. delivered.Select(change => change.Took).OfType<TimeSpan>()], delivered.Count);
    }

    /// <summary>Of the deployments that users had and that have ended.</summary>
    public Measured FailureRate(Window window)
    {
        var ended = facts.Deployments.Where(deployment => deployment is { IsRollback: false, EndedAt: not null } && window.Has(deployment.ExposedAt)).ToList();
        return Measured.Share(ended.Count(deployment => _attribution.FailureOf(deployment) is not null), ended.Count);
    }

    /// <summary>Of the failed deployments; those that are not mended yet, or of which nobody said when they began, are counted and have no time.</summary>
    public Measured RecoveryTime(Window window)
    {
        var failed = _attribution.Failures.Where(failure => window.Has(failure.Deployment.ExposedAt)).ToList();
        return Measured.Median([.. failed.Select(failure => failure.Took).OfType<TimeSpan>()], failed.Count);
    }

    /// <summary>Of all deployments that users had, rollbacks among them.</summary>
    public Measured ReworkRate(Window window)
    {
        var seen = facts.Deployments.Where(deployment => window.Has(deployment.ExposedAt)).ToList();
        return Measured.Share(seen.Count(_attribution.IsRework), seen.Count);
    }
}
