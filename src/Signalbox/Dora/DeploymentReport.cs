using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Delivery.Reading;

namespace Signalbox.Dora;

/// <summary>The plain webhook's body as a fact: checked, or refused with what was expected.</summary>
public static class DeploymentReport
{
    private const int MostChanges = 500;

    /// <exception cref="EventRefusedException">A member is missing, too long, or no such thing.</exception>
    public static ReportedEvent Read(ReportDeployment body, Digest content, DateTimeOffset now)
    {
        foreach (var (name, value) in new[] { ("id", body.Id), ("source", body.Source), ("release", body.Release), ("replaces", body.Replaces ?? "none") })
            if (value is not { Length: > 0 and <= CloudEvent.MostText } || value.Any(char.IsControl)) throw Wrong(name, value, $"1 to {CloudEvent.MostText} characters, none a control character");
        foreach (var (name, value) in new[] { ("application", body.Application), ("environment", body.Environment) })
            if (value is null || !DnsName.IsValid(value)) throw Wrong(name, value, DnsName.Expected);
        if (body.FinishedAt > now + CdEventReader.ClockSkew) throw new EventRefusedException("event-in-future", $"finishedAt is {body.FinishedAt:O}; expected a moment that is over ({now:O} here)");
        if (body.FinishedAt < CdEventReader.Earliest) throw Wrong("finishedAt", $"{body.FinishedAt:O}", "a moment of this century");
        if (body.StartedAt > body.FinishedAt) throw Wrong("startedAt", $"{body.StartedAt:O}", "a moment not after finishedAt");
        return new(body.Source, body.Id, "deployment", ReportedKind.Deployed, body.FinishedAt, body.Application, body.Application, body.Environment, body.Release, content)
        {
            StartedAt = body.StartedAt,
            Outcome = OutcomeOf(body.Outcome),
            IsRollback = body.IsRollback,
            Replaces = body.Replaces,
            Changes = Changes(body.Changes ?? []),
        };
    }

    private static DeploymentOutcome OutcomeOf(string? word) => word switch
    {
        "succeeded" => DeploymentOutcome.Succeeded,
        "rolledBack" => DeploymentOutcome.TakenBack,
        "failed" => DeploymentOutcome.Failed,
        _ => throw Wrong("outcome", word, "succeeded, rolledBack or failed"),
    };

    private static List<Change> Changes(IReadOnlyList<ReportedChange> changes)
    {
        if (changes.Count > MostChanges) throw Wrong("changes", $"{changes.Count} entries", $"at most {MostChanges}");
        foreach (var change in changes)
            if (change is not { Commit: { Length: >= 7 and <= 64 } commit } || !commit.All(char.IsAsciiHexDigit)) throw Wrong("changes", change?.Commit, "commits of 7 to 64 hex digits");
        return [.. changes.Select(change => new Change(change.Commit, change.CommittedAt.ToUniversalTime()))];
    }

    private static EventRefusedException Wrong(string name, string? seen, string expected) => new("report-invalid", $"{name} is {CloudEvent.Seen(seen)}; expected {expected}");
}
