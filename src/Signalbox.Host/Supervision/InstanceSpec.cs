using Signalbox.Delivery;

namespace Signalbox.Host.Supervision;

/// <summary>Where an instance is in its life. Only <see cref="Ready"/> may take traffic.</summary>
/// <remarks>
/// <see cref="Backoff"/>: the last run failed and the next one waits. <see cref="Exited"/>: it will not run
/// again by itself (a cron run ended, or adoption found it dead); stop it to remove it.
/// </remarks>
internal enum InstancePhase { Starting, Ready, Unready, Backoff, Stopping, Exited }

/// <summary>One instance to run: nothing here changes while it lives, over all its restarts.</summary>
/// <param name="Track">The track's key as text, e.g. <c>shop/production</c>.</param>
/// <param name="Revision">The release id.</param>
/// <param name="Ordinal">Its number within the arm, from 0.</param>
/// <param name="ArtifactDirectory">The unpacked artifact: the working directory of the workload.</param>
/// <param name="StopGrace">Between SIGTERM and SIGKILL.</param>
internal sealed record InstanceSpec(
    string Track,
    string Service,
    string Revision,
    int Ordinal,
    string ArtifactDirectory,
    IReadOnlyList<string> Command,
    IReadOnlyDictionary<string, string> Environment,
    HealthCheck Health,
    TimeSpan StopGrace,
    ServiceKind Kind);
