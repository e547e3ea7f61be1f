using Signalbox.Gates;

namespace Signalbox.Dora;

/// <summary>How a deployment stands; what has not ended is <see cref="Open"/>.</summary>
public enum DeploymentOutcome { Open, Succeeded, TakenBack, Failed }

/// <summary>A change to the code, as the release that brought it names it.</summary>
public sealed record Change(string Commit, DateTimeOffset? CommittedAt);

/// <summary>A rollout of this installation, or a deployment that another pipeline reported: one fact of the ledger's.</summary>
/// <param name="Id">The rollout's, or the report's source and id.</param>
/// <param name="Replaces">The release before it, where that is known.</param>
/// <param name="BegunByCode">By a pipeline's principal (<c>ci:</c>) or by Signalbox itself (<c>system:</c>), not by hand.</param>
/// <param name="IsReported">Another pipeline made it.</param>
public sealed record Deployment(
    string Id, string Application, string Environment, string Release, string? Replaces, bool IsRollback, bool BegunByCode, bool IsReported, DateTimeOffset StartedAt)
{
    /// <summary>When the first users had it; null where none ever did.</summary>
    public DateTimeOffset? ExposedAt { get; init; }

    /// <summary>False of one that failed elsewhere and of which nobody said when it began: how long users had it is not known.</summary>
    public bool IsBeginningKnown { get; init; } = true;

    /// <summary>When all users had it.</summary>
    public DateTimeOffset? TookOverAt { get; init; }

    /// <summary>When it began to be taken back: the first word since it was last let go on.</summary>
    public DateTimeOffset? AbortedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public DeploymentOutcome Outcome { get; init; }

    public IReadOnlyList<Change> Changes { get; init; } = [];

    /// <summary>By service: requests that the judge counted while it ran, of both releases.</summary>
    public IReadOnlyDictionary<string, Traffic> Traffic { get; init; } = new Dictionary<string, Traffic>();

    /// <summary>What the gates said when they let it in; null where they were not asked.</summary>
    public GateFact? Gates { get; init; }
}

public sealed record Traffic(long Requests, long Bad);

/// <summary>One decision of the gates, in what the principles need of it.</summary>
/// <param name="Verdicts">Per gate, the worst word of all layers.</param>
/// <param name="Refusals">Lines that speak against the release.</param>
/// <param name="Helped">Those of them with a line that would mend it.</param>
public sealed record GateFact(
    string Application, string Environment, string Release, GateVerdict Verdict, DateTimeOffset At, IReadOnlyDictionary<string, GateVerdict> Verdicts, int Refusals, int Helped);

/// <param name="Release">The one that it is charged to, where it names one.</param>
public sealed record Incident(string Id, string Application, string Environment, string? Release, DateTimeOffset OpenedAt, DateTimeOffset? ResolvedAt);

/// <summary>A run of another pipeline: how long its people waited for its word.</summary>
public sealed record PipelineRun(string Id, string? Application, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt);

/// <summary>All that the numbers are computed from. Their order does not matter.</summary>
/// <param name="FirstAt">When the ledger began, or the earliest reported deployment; null while there is nothing.</param>
public sealed record DoraFacts(
    IReadOnlyList<Deployment> Deployments, IReadOnlyList<Incident> Incidents, IReadOnlyList<PipelineRun> Pipelines, IReadOnlyList<GateFact> Gates, DateTimeOffset? FirstAt)
{
    public static DoraFacts None { get; } = new([], [], [], [], null);
}
