using Signalbox.Delivery;

namespace Signalbox.Pipelines.Local;

/// <summary>What is known of a run: what its journal says, as <c>run show</c> gives it.</summary>
/// <param name="Verdict">Null: it goes on, or was killed.</param>
/// <param name="Took">Of the last time it ran; what went before a resume is not counted.</param>
internal sealed record RunRecord(
    int Id, string File, string? Application, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, RunVerdict? Verdict, TimeSpan? Took, int Resumed,
    IReadOnlyList<JobView> Jobs, Feedback? Feedback)
{
    public SourceRevision? Source { get; init; }

    /// <summary>What was said before it began: what of another platform's pipeline is left out, or is another here.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What was read from the reports that it left.</summary>
    public IReadOnlyList<ReportSummary> Reports { get; init; } = [];

    /// <summary>The container images that it made.</summary>
    public IReadOnlyList<BuiltImage> Images { get; init; } = [];

    /// <returns>Null where the journal has no beginning.</returns>
    public static RunRecord? Of(IReadOnlyList<JournalEntry> journal)
    {
        if (journal.LastOrDefault(entry => entry.Run is not null) is not { Run: { } header } begin) return null;
        var ends = LastEnds(journal);
        var finish = journal.LastOrDefault(entry => entry.Event == RunEvent.Finish);
        // a run that was resumed goes on behind its former end
        if (finish is not null && journal[^1] != finish) finish = null;
        var resumed = journal.Count(entry => entry.Event == RunEvent.Resume);
        IReadOnlyList<JobView> jobs = [.. header.Jobs.Select(job => new JobView(job.Id, [.. job.Needs.Select(need => header.Jobs[need].Id)], ends.GetValueOrDefault(job.Id)))];
        var feedback = finish?.Took is { } took ? Feedback.Of(header, ends, took) : null;
        return new(header.Id, header.File, header.Application, journal[0].At, finish?.At, finish?.Verdict, finish?.Took, resumed, jobs, feedback) { Source = header.Source, Warnings = header.Warnings ?? [] };
    }

    /// <summary>By id: how each job ended the last time.</summary>
    public static Dictionary<string, JobRecord> LastEnds(IReadOnlyList<JournalEntry> journal)
    {
        var ends = new Dictionary<string, JobRecord>(StringComparer.Ordinal);
        foreach (var entry in journal)
            if (entry is { Event: RunEvent.End, Job: { } job, End: { } end }) ends[job] = end;
        return ends;
    }

    /// <summary>Processes that the journal saw begin and not end, of the boot it was written in.</summary>
    public static IReadOnlyList<(StartedProcess Process, string Boot)> Unfinished(IReadOnlyList<JournalEntry> journal)
    {
        var boot = "";
        var open = new Dictionary<string, (StartedProcess, string)>(StringComparer.Ordinal);
        foreach (var entry in journal)
        {
            if (entry.Run is { } run) boot = run.Boot;
            if (entry is { Event: RunEvent.Start, Job: { } started, Pid: { } pid, Ticks: { } ticks }) open[started] = (new(pid, ticks), boot);
            if (entry is { Event: RunEvent.End, Job: { } ended }) open.Remove(ended);
        }
        return [.. open.Values];
    }

    public static RunVerdict VerdictOf(IEnumerable<JobOutcome> outcomes)
    {
        var seen = outcomes.ToHashSet();
        if (seen.Any(outcome => outcome.IsFailure())) return RunVerdict.Failed;
        if (seen.Contains(JobOutcome.Cancelled)) return RunVerdict.Cancelled;
        return seen.Contains(JobOutcome.Gap) ? RunVerdict.Undecided : RunVerdict.Succeeded;
    }
}

/// <param name="End">Null where it has not ended.</param>
internal sealed record JobView(string Id, IReadOnlyList<string> Needs, JobRecord? End);

/// <summary>A report that a run left, in words.</summary>
internal sealed record ReportSummary(string File, string Kind, string Summary);
