using Signalbox.Delivery;
using Signalbox.Pipelines.Local.Caching;

namespace Signalbox.Pipelines.Local;

/// <summary>What happens in a run, told by one thread, in order.</summary>
internal interface IRunEvents
{
    /// <summary>It is looked up, and then begun.</summary>
    void Begun(PlannedJob job);

    /// <param name="attempt">From 1.</param>
    void Started(PlannedJob job, int attempt, StartedProcess process);

    void Ended(JobEnd end);
}

/// <summary>How a job ended.</summary>
/// <param name="Began">After the run's beginning.</param>
/// <param name="Took">From its beginning to its end, with all tries.</param>
internal sealed record JobEnd(PlannedJob Job, JobOutcome Outcome, TimeSpan Began, TimeSpan Took)
{
    public int Tries { get; init; }

    public int? Code { get; init; }

    /// <summary>Why, where it did not succeed.</summary>
    public string? Reason { get; init; }

    /// <summary>How long it took when its result was made, where that was brought back.</summary>
    public TimeSpan? Saved { get; init; }

    /// <summary>The files that were brought back, where they were.</summary>
    public IReadOnlyList<string>? Brought { get; init; }

    /// <summary>What its result is known by.</summary>
    public Digest? Key { get; init; }

    /// <summary>The digest of what it made.</summary>
    public Digest? Made { get; init; }

    /// <summary>What is worth saying though it succeeded.</summary>
    public string? Note { get; init; }
}

/// <summary>What jobs made before, and the place for what they make now. Called by several threads.</summary>
internal interface IResults
{
    /// <param name="needs">What the jobs before it made, in the order of <see cref="PlannedJob.Needs"/>.</param>
    Lookup Find(PlannedJob job, IReadOnlyList<Digest> needs);

    /// <summary>Takes what a job made that has succeeded.</summary>
    Kept Keep(PlannedJob job, Lookup asked, TimeSpan took);
}

/// <param name="Key">What the result would be known by.</param>
/// <param name="Made">The digest of what was brought back; null where the job has to run.</param>
/// <param name="Took">How long it took when it was made.</param>
internal sealed record Lookup(Digest Key, Digest? Made = null, TimeSpan? Took = null)
{
    /// <summary>The files that were brought back; null where none had to be.</summary>
    public IReadOnlyList<string>? Brought { get; init; }

    /// <summary>What it reads, as it was then; null where the result is known.</summary>
    public InputSet? Inputs { get; init; }
}

/// <param name="Made">The digest of what it made.</param>
/// <param name="Problem">Why it counts as failed although its process succeeded: what it should have made is not there.</param>
/// <param name="Note">Why it will run again the next time.</param>
internal sealed record Kept(Digest Made, string? Problem = null, string? Note = null);
