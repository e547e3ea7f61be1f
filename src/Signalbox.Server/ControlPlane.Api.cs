using System.Runtime.CompilerServices;
using Signalbox.Api;
using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Rollouts;
using Signalbox.Runtimes;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Server;

public sealed partial class ControlPlane
{
    private const int MostLinesAtOnce = 1000;

    public async Task<StatusView> StatusAsync(CancellationToken cancel)
    {
        var warnings = new List<string>();
        if (_engine.LedgerProblem is { } ledger) warnings.Add($"the ledger cannot be written: {ledger}");
        var (connected, problem) = (_engine.HostConnected, _engine.HostProblem);
        try
        {
            if (connected) warnings.AddRange((await _host.ReadStateAsync(cancel).ConfigureAwait(false)).Warnings ?? []);
        }
        catch (HostUnreachableException error)
        {
            // it went away just now; the engine sees it at its next turn
            (connected, problem) = (false, error.Message);
        }
        return new(_options.Version, _ledger.Head.ToString(), connected, problem, [.. _engine.Tracks.Select(View)], warnings) { Paths = Paths() };
    }

    private List<PathView> Paths()
    {
        var stable = _engine.Tracks.ToDictionary(track => track.State.Key, track => track.State.Stable?.Release);
        return [.. _engine.Paths.Select(path => new PathView(path.Key, path.Value,
            [.. path.Value.Select(name => new TrackKey(path.Key, name)).Select(into => Promotion(into, stable.GetValueOrDefault(into))).OfType<PromotionView>()]))];
    }

    private PromotionView? Promotion(TrackKey into, string? stable) => _engine.Promotion(into) is { } state ? TrackViews.Promotion(into, stable, state) : null;

    public Task<TrackView?> TrackAsync(TrackKey track, CancellationToken cancel) => Task.FromResult(
        _engine.Tracks.Where(known => known.State.Key == track).Select(View).FirstOrDefault());

    public Task<bool> HasArtifactAsync(Digest digest, CancellationToken cancel) => _host.HasArtifactAsync(digest, cancel);

    public async Task<ArtifactUploaded> AddArtifactAsync(Digest digest, Stream tar, CancellationToken cancel)
    {
        var counted = new CountingStream(tar);
        var existed = await _host.HasArtifactAsync(digest, cancel).ConfigureAwait(false);
        try
        {
            if (!existed) await _host.UploadArtifactAsync(digest, counted, cancel).ConfigureAwait(false);
            return new(digest, counted.Bytes, existed);
        }
        catch (SignalboxException refused)
        {
            var finding = refused.Findings[0];
            var kind = finding.Id == PutResult.CannotPersist ? RefusalKind.NoRoom : RefusalKind.Invalid;
            throw new ControlPlaneRefusedException(kind, finding.Id, finding.Message, finding.Help);
        }
    }

    public async Task<(Release Release, bool Existed)> CreateReleaseAsync(CreateRelease request, Principal principal, CancellationToken cancel)
    {
        // what no service runs no gate is asked about
        if (request.Artifacts.Keys.FirstOrDefault(name => !request.Environments.Any(environment => environment.Services.Any(service => service.Name == name))) is { } unused)
            throw new ControlPlaneRefusedException(RefusalKind.Invalid, "release-artifact-unused", $"the release has an artifact '{ReleaseRules.Shown(unused)}', which is no service of its environments; expected one for each service and no other", "signalbox deploy");
        foreach (var (service, digest) in request.Artifacts)
            if (!await _host.HasArtifactAsync(digest, cancel).ConfigureAwait(false))
                throw new ControlPlaneRefusedException(RefusalKind.Conflict, "artifact-missing", $"the artifact of {service}, {digest}, was not uploaded", "signalbox deploy");
        foreach (var environment in request.Environments)
            if (environment.Services.FirstOrDefault(service => !request.Artifacts.ContainsKey(service.Name)) is { } without)
                throw new ControlPlaneRefusedException(RefusalKind.Invalid, "release-incomplete", $"service {without.Name} of {environment.Name} has no artifact in this release", "signalbox deploy");
        var made = await _engine.MakeReleaseAsync(request, principal, cancel).ConfigureAwait(false);
        return made.Refusal is { } refusal ? throw Refused(refusal, null) : (made.Release, made.Existed);
    }

    public Task<IReadOnlyList<Release>> ReleasesAsync(string? application, int limit, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<Release>>([.. _engine.Releases.Where(release => application is null || release.Application == application).OrderByDescending(release => release.CreatedAt).Take(limit)]);

    public Task<Release?> ReleaseAsync(string id, CancellationToken cancel) => Task.FromResult(_engine.FindRelease(id));

    public async Task<RolloutView> SubmitAsync(StartRollout request, Principal principal, CancellationToken cancel) =>
        await TakenAsync(await _engine.SubmitAsync(new(request.Application, request.Environment), request.Release, principal, null, cancel, request.First).ConfigureAwait(false), cancel).ConfigureAwait(false);

    public async Task<RolloutView> PromoteAsync(string release, PromoteRelease request, Principal principal, CancellationToken cancel)
    {
        if (_engine.FindRelease(release) is not { } found)
            throw new ControlPlaneRefusedException(RefusalKind.NotFound, "release-unknown", $"there is no release {release}", "signalbox history");
        if (found.In(request.To) is null)
            throw new ControlPlaneRefusedException(RefusalKind.NotFound, "environment-unknown", $"{release} has no environment '{request.To}'; expected one of {string.Join(", ", found.Environments.Select(known => known.Name))}",
                $"signalbox release promote {release} --to {found.Environments[^1].Name}");
        var into = new TrackKey(found.Application, request.To);
        var reason = _engine.Promotion(into) is { From: { } from } ? $"promoted from {from}" : "promoted";
        return await TakenAsync(await _engine.SubmitAsync(into, release, principal, reason, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);
    }

    public async Task<GateReport> CheckGatesAsync(StartRollout request, Principal principal, CancellationToken cancel) =>
        await _engine.CheckGatesAsync(new(request.Application, request.Environment), request.Release, principal, cancel).ConfigureAwait(false)
        ?? throw new ControlPlaneRefusedException(RefusalKind.NotFound, "release-unknown", $"{request.Application} has no release {request.Release} with an environment {request.Environment}", "signalbox history");

    public async Task<RolloutView> CommandAsync(string rolloutId, RolloutCommandKind command, Principal principal, string? reason, CancellationToken cancel)
    {
        Signal signal = command switch
        {
            RolloutCommandKind.Advance => new Signal.Advance(principal, reason),
            RolloutCommandKind.Pause => new Signal.Pause(principal, reason),
            RolloutCommandKind.Resume => new Signal.Resume(principal, reason),
            _ => new Signal.Abort(principal, reason),
        };
        return await TakenAsync(await _engine.CommandAsync(rolloutId, signal, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);
    }

    public async Task<RolloutView> RollbackAsync(TrackKey track, StartRollback request, Principal principal, CancellationToken cancel) =>
        await TakenAsync(await _engine.RollbackAsync(track, request.To, principal, request.Reason, cancel, request.From).ConfigureAwait(false), cancel).ConfigureAwait(false);

    public Task<IReadOnlyList<RolloutView>> RolloutsAsync(RolloutQuery query, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<RolloutView>>([.. (query.Release is { } release ? Of(release) : All())
            .Where(rollout => query.Active is null || query.Active == (rollout.EndedAt is null))
            .Where(rollout => query.Application is null || TrackKey.Parse(rollout.Track).Application == query.Application)
            .Where(rollout => query.Environment is null || TrackKey.Parse(rollout.Track).Environment == query.Environment)
            .OrderByDescending(rollout => rollout.StartedAt).Take(query.Limit)]);

    public Task<RolloutView?> RolloutAsync(string id, CancellationToken cancel)
    {
        var found = All().FirstOrDefault(rollout => rollout.Id == id);
        return Task.FromResult(found is { EndedAt: not null } ? found with { LogTail = _failures.Read(id) } : found);
    }

    public Task<IReadOnlyList<HistoryEntry>> HistoryAsync(HistoryQuery query, CancellationToken cancel)
    {
        var newest = new List<HistoryEntry>();
        const int page = 500;
        for (var end = _ledger.Head.Sequence; end > 0 && newest.Count < query.Limit; end -= page)
        {
            var entries = _ledger.Read(Math.Max(0, end - page), (int)Math.Min(page, end));
            newest.AddRange(entries.Reverse().Where(entry => Concerns(entry, query)).Select(HistorySummary.Of).OfType<HistoryEntry>());
        }
        return Task.FromResult<IReadOnlyList<HistoryEntry>>([.. newest.Take(query.Limit)]);
    }

    /// <summary>Following asks again and again: lines are few, and the host keeps no readers.</summary>
    public async IAsyncEnumerable<LogLine> LogsAsync(LogQuery query, [EnumeratorCancellation] CancellationToken cancel)
    {
        var seen = new SeenLines();
        for (var lines = query.Lines; ; lines = MostLinesAtOnce)
        {
            await foreach (var line in seen.NewAsync(_host.LogsAsync(query.Track, query.Service, query.Revision, lines, cancel)).ConfigureAwait(false))
                yield return new(line.At, line.Service, line.Revision, line.Instance, line.Stream, line.Text);
            if (!query.Follow) yield break;
            await Task.Delay(s_turn, cancel).ConfigureAwait(false);
        }
    }

    public IAsyncEnumerable<Observation> ObservationsAsync(CancellationToken cancel) => _observations.ReadAsync(cancel);

    public Task<IReadOnlyList<LedgerEntry>> RecordAsync(IReadOnlyList<NewEntry> entries, CancellationToken cancel) => _engine.RecordAsync(entries, cancel);

    private static bool Concerns(LedgerEntry entry, HistoryQuery query)
    {
        if (query.Application is null && query.Environment is null) return true;
        var slash = entry.Stream.IndexOf('/');
        if (slash < 0) return false;
        var key = TrackKey.Parse(entry.Stream);
        return (query.Application is null || key.Application == query.Application) && (query.Environment is null || key.Environment == query.Environment);
    }

    /// <summary>Tracks are looked at once, and before what has ended: a rollout that moves on meanwhile is not missed.</summary>
    private IEnumerable<RolloutView> All()
    {
        var tracks = _engine.Tracks;
        return tracks
            .Where(track => track.State.Active is not null)
            .Select(track => TrackViews.Rollout(track.State.Key, track.State.Active!, track.Observation, _failures.Read))
            .Concat(tracks.Where(track => track.State.Queued is not null).Select(track => TrackViews.Queued(track.State)))
            .Concat(_engine.Ended);
    }

    /// <summary>Those that take a release out or go back from it: the last of each track whenever it ended.</summary>
    private IEnumerable<RolloutView> Of(string release) =>
        All().Where(rollout => rollout.Release == release || rollout.From == release && rollout.Kind == nameof(RolloutKind.Rollback)).Concat(_engine.EndedOf(release)).DistinctBy(rollout => rollout.Id);

    private TrackView View((TrackState State, TrackObservation? Observation, string? Problem) track) =>
        TrackViews.Of(track.State, track.Observation, track.Problem, _failures.Read) with { Promotion = Promotion(track.State.Key, track.State.Stable?.Release) };

    private async Task<RolloutView> TakenAsync(CommandResult result, CancellationToken cancel)
    {
        Wake();
        if (!result.Accepted) throw Refused(result.Refusal!, result.Gates);
        var view = await RolloutAsync(result.Rollout!, cancel).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"rollout {result.Rollout} was taken and is not there");
        return result.Recorded ? view : view with { Reason = $"the canary is down; it is not in the ledger yet: {result.Refusal?.Message}" };
    }

    private static ControlPlaneRefusedException Refused(Refusal refusal, GateReport? gates) => new(
        refusal.Id switch
        {
            "release-unknown" or "track-unknown" or "rollout-unknown" => RefusalKind.NotFound,
            "ledger-not-written" => RefusalKind.NoRoom,
            _ => RefusalKind.Conflict,
        },
        refusal.Id, refusal.Message, refusal.Help, gates);
}
