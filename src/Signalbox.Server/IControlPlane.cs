using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Server;

public enum RolloutCommandKind { Advance, Abort, Pause, Resume }

/// <param name="Active">Only those that run (true) or have ended (false); null for both.</param>
/// <param name="Release">Only those that take this release out or go back from it; null for all.</param>
public sealed record RolloutQuery(string? Application = null, string? Environment = null, bool? Active = null, int Limit = 50, string? Release = null);

public sealed record HistoryQuery(string? Application, string? Environment, int Limit);

/// <param name="Lines">How many of the last lines first.</param>
/// <param name="Follow">Go on with the lines that come.</param>
public sealed record LogQuery(TrackKey Track, string? Service, string? Revision, int Lines, bool Follow);

/// <summary>
/// What the API asks of the control plane behind it. A refusal is a <see cref="ControlPlaneRefusedException"/>;
/// <see cref="Runtimes.HostUnreachableException"/> and <see cref="IOException"/> answer 503.
/// </summary>
public interface IControlPlane
{
    Task<StatusView> StatusAsync(CancellationToken cancel);

    /// <returns>Null where there is no such track.</returns>
    Task<TrackView?> TrackAsync(TrackKey track, CancellationToken cancel);

    Task<bool> HasArtifactAsync(Digest digest, CancellationToken cancel);

    /// <summary>Unpacks beside, verifies the digest, renames; a stream that breaks off leaves nothing.</summary>
    Task<ArtifactUploaded> AddArtifactAsync(Digest digest, Stream tar, CancellationToken cancel);

    /// <returns>And whether it was made before, under the same key.</returns>
    Task<(Release Release, bool Existed)> CreateReleaseAsync(CreateRelease request, Principal principal, CancellationToken cancel);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Release>> ReleasesAsync(string? application, int limit, CancellationToken cancel);

    Task<Release?> ReleaseAsync(string id, CancellationToken cancel);

    Task<RolloutView> SubmitAsync(StartRollout request, Principal principal, CancellationToken cancel);

    /// <summary>Takes a release on into another of its environments: the same digests, nothing is built.</summary>
    Task<RolloutView> PromoteAsync(string release, PromoteRelease request, Principal principal, CancellationToken cancel);

    /// <summary>What the gates would say of this; nothing begins.</summary>
    Task<GateReport> CheckGatesAsync(StartRollout request, Principal principal, CancellationToken cancel);

    Task<RolloutView> CommandAsync(string rolloutId, RolloutCommandKind command, Principal principal, string? reason, CancellationToken cancel);

    Task<RolloutView> RollbackAsync(TrackKey track, StartRollback request, Principal principal, CancellationToken cancel);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<RolloutView>> RolloutsAsync(RolloutQuery query, CancellationToken cancel);

    Task<RolloutView?> RolloutAsync(string id, CancellationToken cancel);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<HistoryEntry>> HistoryAsync(HistoryQuery query, CancellationToken cancel);

    IAsyncEnumerable<LogLine> LogsAsync(LogQuery query, CancellationToken cancel);

    /// <summary>The host's observations from now on; ends with the token only.</summary>
    IAsyncEnumerable<Observation> ObservationsAsync(CancellationToken cancel);

    /// <summary>Appends the server's own facts (tokens) in the order of the one writer.</summary>
    Task<IReadOnlyList<LedgerEntry>> RecordAsync(IReadOnlyList<NewEntry> entries, CancellationToken cancel);
}

/// <summary>Invalid: 400. NotFound: 404. Conflict (not now): 409. TooLarge: 413. Unavailable: 503. NoRoom: 507.</summary>
public enum RefusalKind { Invalid, NotFound, Conflict, TooLarge, Unavailable, NoRoom }

/// <summary>A clear no, in the API's words.</summary>
public sealed class ControlPlaneRefusedException(RefusalKind kind, string id, string message, string? help, GateReport? gates = null) : Exception(message)
{
    public RefusalKind Kind { get; } = kind;

    public Problem Problem { get; } = new(id, message, help, gates);
}
