namespace Signalbox.Host.Supervision;

/// <summary>How patient the supervisor is, and how much log it keeps. The defaults are those of docs/spec/supervision.md.</summary>
internal sealed record SupervisionTimings
{
    /// <summary>Between two probes of an instance that is not ready yet.</summary>
    public TimeSpan StartProbe { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>An instance that is not ready after this says so, and again as often, with its last log lines.</summary>
    public TimeSpan StartNotice { get; init; } = TimeSpan.FromSeconds(3);

    public TimeSpan BackoffFirst { get; init; } = TimeSpan.FromMilliseconds(250);

    public TimeSpan BackoffMost { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Ready for this long, an instance's next failure waits for <see cref="BackoffFirst"/> again.</summary>
    public TimeSpan HealthyResetsBackoff { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Beyond the stop grace, how long a shim may take before it is killed with everything under it.</summary>
    public TimeSpan ShimGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long adoption waits for the first probes: one that hangs must not keep the others from serving.</summary>
    public TimeSpan AdoptionProbe { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of one log file before it is rotated.</summary>
    public long LogFileBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>Files of one instance's log, the current one included.</summary>
    public int LogFiles { get; init; } = 5;

    /// <summary>Logs of stopped instances that are kept for each service.</summary>
    public int KeepLogs { get; init; } = 20;

    /// <summary>Logs of stopped instances go after this in any case.</summary>
    public TimeSpan KeepLogsFor { get; init; } = TimeSpan.FromDays(14);
}
