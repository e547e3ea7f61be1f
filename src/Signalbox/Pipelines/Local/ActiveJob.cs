namespace Signalbox.Pipelines.Local;

/// <summary>A job between its beginning and its end.</summary>
internal sealed class ActiveJob(PlannedJob job, TimeSpan began, JobLog log) : IDisposable
{
    public PlannedJob Job { get; } = job;

    /// <summary>After the run's beginning.</summary>
    public TimeSpan Began { get; } = began;

    public JobLog Log { get; } = log;

    public Lookup? Asked { get; set; }

    public JobCommand? Command { get; set; }

    /// <summary>From 1; 0 before the first.</summary>
    public int Tries { get; set; }

    /// <summary>When this try began, after the run's beginning.</summary>
    public TimeSpan TryBegan { get; set; }

    /// <summary>A process of it runs.</summary>
    public bool Runs { get; set; }

    public bool TimedOut { get; set; }

    public bool Unwanted { get; set; }

    /// <summary>When it was asked to end, after the run's beginning.</summary>
    public TimeSpan? TermAt { get; set; }

    /// <summary>Ends what Signalbox does itself.</summary>
    public CancellationTokenSource Cancel { get; } = new();

    public void Dispose()
    {
        Log.Dispose();
        Cancel.Dispose();
    }
}
