using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Server.Tests;

/// <summary>Keeps what it is told in memory; its ledger is the server's real one.</summary>
internal sealed class FakeControlPlane(LedgerFeed ledger) : IControlPlane
{
    public static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);

    public List<string> Calls { get; } = [];

    public HashSet<Digest> Artifacts { get; } = [];

    public Channel<Observation> Observations { get; } = Channel.CreateUnbounded<Observation>();

    /// <summary>Thrown by the next status query.</summary>
    public Exception? Fault { get; set; }

    public static RolloutView Rollout(string id) => new(
        id, "shop/production", "shop-2", "shop-1", "Deploy", "Stepping", 1, 3, Weight.Percent(10), null, null, "ci:trial", At, At, null, ["the password is hunter2"], null);

    public Task<StatusView> StatusAsync(CancellationToken cancel) => Fault is { } fault
        ? throw fault
        : Task.FromResult(Status ?? new StatusView("0.0.0", ledger.Head.ToString(), true, null, [], []));

    /// <summary>What status shows; nothing unless set.</summary>
    public StatusView? Status { get; set; }

    public Task<TrackView?> TrackAsync(TrackKey track, CancellationToken cancel) => Task.FromResult(track.Application == "shop"
        ? new TrackView(track.ToString(), track.Application, track.Environment, "Idle", null, null, null, null, [], null)
        : null);

    public Task<bool> HasArtifactAsync(Digest digest, CancellationToken cancel) => Task.FromResult(Artifacts.Contains(digest));

    public async Task<ArtifactUploaded> AddArtifactAsync(Digest digest, Stream tar, CancellationToken cancel)
    {
        using var content = new MemoryStream();
        await tar.CopyToAsync(content, cancel);
        return new(digest, content.Length, !Artifacts.Add(digest));
    }

    public Task<(Release Release, bool Existed)> CreateReleaseAsync(CreateRelease request, Principal principal, CancellationToken cancel) =>
        Called((new Release($"{request.Application}-1", request.Application, request.Source, request.Artifacts, request.Environments, At), request.Once == "made before"), $"release by {principal}");

    public Task<IReadOnlyList<Release>> ReleasesAsync(string? application, int limit, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<Release>>([.. Releases.Where(release => application is null || release.Application == application)]);

    /// <summary>The releases there are.</summary>
    public List<Release> Releases { get; } = [];

    public Task<Release?> ReleaseAsync(string id, CancellationToken cancel) => Task.FromResult(Releases.Find(release => release.Id == id));

    public Task<RolloutView> SubmitAsync(StartRollout request, Principal principal, CancellationToken cancel) =>
        request.Release == "unknown-1"
            ? throw new ControlPlaneRefusedException(RefusalKind.NotFound, "release-unknown", "release unknown-1 does not exist", "signalbox history")
            : Called(Rollout("r-1"), $"submit {request.Release} by {principal}");

    public Task<RolloutView> PromoteAsync(string release, PromoteRelease request, Principal principal, CancellationToken cancel) =>
        Called(Rollout("r-1"), $"promote {release} to {request.To} by {principal}");

    public Task<GateReport> CheckGatesAsync(StartRollout request, Principal principal, CancellationToken cancel) =>
        Called(new GateReport(request.Release, request.Environment, GateVerdict.Allow, At, []), $"check {request.Release} by {principal}");

    public Task<RolloutView> CommandAsync(string rolloutId, RolloutCommandKind command, Principal principal, string? reason, CancellationToken cancel) =>
        Called(Rollout(rolloutId), $"{command} {rolloutId} by {principal}: {reason}");

    public Task<RolloutView> RollbackAsync(TrackKey track, StartRollback request, Principal principal, CancellationToken cancel) =>
        Called(Rollout("r-2"), $"rollback {track} to {request.To} by {principal}");

    public Task<IReadOnlyList<RolloutView>> RolloutsAsync(RolloutQuery query, CancellationToken cancel) =>
        Called<IReadOnlyList<RolloutView>>([Rollout("r-1")], query.ToString());

    public Task<RolloutView?> RolloutAsync(string id, CancellationToken cancel) => Task.FromResult(id == "r-1" ? Rollout(id) : null);

    public Task<IReadOnlyList<HistoryEntry>> HistoryAsync(HistoryQuery query, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<HistoryEntry>>([]);

    public async IAsyncEnumerable<LogLine> LogsAsync(LogQuery query, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (var i = 1; i <= Math.Min(query.Lines, 3); i++)
            yield return new(At, query.Service ?? "web", "shop-1", "web-1", "stdout", $"line {i}");
        if (query.Follow) await Task.Delay(Timeout.Infinite, cancel);
    }

    public IAsyncEnumerable<Observation> ObservationsAsync(CancellationToken cancel) => Observations.Reader.ReadAllAsync(cancel);

    public Task<IReadOnlyList<LedgerEntry>> RecordAsync(IReadOnlyList<NewEntry> entries, CancellationToken cancel) =>
        Task.FromResult(ledger.Append(ledger.Head, entries));

    private Task<T> Called<T>(T answer, string call)
    {
        lock (Calls) Calls.Add(call);
        return Task.FromResult(answer);
    }
}
