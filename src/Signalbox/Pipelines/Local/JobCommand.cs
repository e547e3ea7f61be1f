namespace Signalbox.Pipelines.Local;

/// <summary>What a job comes to on this machine. Exactly one of the first four is set.</summary>
internal sealed record JobCommand
{
    public ProcessStart? Start { get; init; }

    /// <summary>What Signalbox does itself; says how it went. It may throw what the file system throws.</summary>
    public Func<CancellationToken, Task<InsideEnd>>? Inside { get; init; }

    /// <summary>Why it cannot be done here, which is no failure of what is tested.</summary>
    public string? Gap { get; init; }

    /// <summary>What of it cannot be done here, while the rest is: where that goes well the job is a gap and no success.</summary>
    public string? Without { get; init; }

    /// <summary>Why it cannot begin.</summary>
    public string? Problem { get; init; }

    /// <summary>Exit codes of a process that did its work: scanners tell by the code that they found something.</summary>
    public IReadOnlyList<int> Accepted { get; init; } = [0];

    /// <summary>Looks at what the process left; says what is missing, or null.</summary>
    public Func<string?>? Check { get; init; }
}

/// <param name="Program">A path.</param>
/// <param name="Arguments">With the program's own name first.</param>
internal sealed record ProcessStart(string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, string Directory);

/// <param name="Text">For its log, and where it failed the reason.</param>
internal sealed record InsideEnd(JobOutcome Outcome, string Text);

/// <summary>Exactly one of the two is set, or none where how it ended was not told.</summary>
internal sealed record ProcessEnd(int? Code, int? Signal);

/// <param name="StartTicks">Clock ticks after boot; with the pid it names one process.</param>
internal sealed record StartedProcess(int Pid, long StartTicks);

/// <summary>Says what a job comes to.</summary>
internal interface IJobCommands
{
    JobCommand Of(PlannedJob job);
}

/// <summary>
/// The processes of a run. Each has a session of its own, so that all it started ends with it. Everything but
/// <see cref="Wake"/> is called by one thread.
/// </summary>
internal interface IJobProcesses
{
    /// <returns>Null with a reason where it cannot be started.</returns>
    StartedProcess? Start(int job, ProcessStart start, out string problem);

    /// <summary>Waits for output, an end, or a wake-up, and tells of them.</summary>
    /// <param name="most">Null: for ever.</param>
    void Wait(TimeSpan? most, IProcessListener listener);

    /// <summary>Ends a wait; from any thread.</summary>
    void Wake();

    /// <summary>Asks it and all it started to end.</summary>
    void Terminate(int job);

    void Kill(int job);
}

internal interface IProcessListener
{
    void Output(int job, ReadOnlySpan<byte> text);

    /// <summary>It has ended, with all of its group; there is no output any more.</summary>
    void Ended(int job, ProcessEnd end);
}
