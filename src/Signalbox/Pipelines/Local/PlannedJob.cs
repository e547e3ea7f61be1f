using Signalbox.Delivery;

namespace Signalbox.Pipelines.Local;

/// <summary>What a run starts and waits for: a job, one combination of its matrix, or one scanner of a scan.</summary>
/// <param name="Index">Its place in the plan.</param>
/// <param name="Id">What people call it: <c>test</c>, <c>test (NODE=24)</c>, <c>scan (trivy)</c>.</param>
/// <param name="Axes">Its values of the matrix.</param>
/// <param name="Needs">Places of those that end before it begins; each once.</param>
internal sealed record PlannedJob(int Index, string Id, PipelineJob Job, IReadOnlyDictionary<string, string> Axes, IReadOnlyList<int> Needs)
{
    /// <summary>The scanner that it runs, where it is one of a scan.</summary>
    public string? Scanner { get; init; }
}

/// <summary>How a job ended.</summary>
internal enum JobOutcome
{
    Succeeded,

    /// <summary>Its result was known, and was brought back.</summary>
    Cached,

    /// <summary>It could not be done here (a scanner that is not installed): nothing is known, which is no pass.</summary>
    Gap,

    /// <summary>It failed, and its failure does not matter to the run.</summary>
    Ignored,

    Failed,

    TimedOut,

    /// <summary>Ended because the run is.</summary>
    Cancelled,

    /// <summary>Never begun, because of how others ended.</summary>
    Skipped,
}

internal static class JobOutcomes
{
    /// <summary>Whether what needs it may begin.</summary>
    public static bool Passes(this JobOutcome outcome) => outcome is JobOutcome.Succeeded or JobOutcome.Cached or JobOutcome.Gap or JobOutcome.Ignored;

    public static bool IsFailure(this JobOutcome outcome) => outcome is JobOutcome.Failed or JobOutcome.TimedOut;
}
