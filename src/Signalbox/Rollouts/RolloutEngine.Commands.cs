using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Ledger;
using Signalbox.Runtimes;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Rollouts;

public sealed partial class RolloutEngine
{
    /// <summary>Appends facts of other parts (tokens, policies) in the engine's order: one process, one writer.</summary>
    /// <exception cref="IOException">The ledger cannot be written.</exception>
    public Task<IReadOnlyList<LedgerEntry>> RecordAsync(IReadOnlyList<NewEntry> entries, CancellationToken cancel) =>
        GatedAsync(() => Task.FromResult(Append(entries)), cancel);

    /// <summary>Asks the gates, then takes the release out; a denial is in the ledger too.</summary>
    /// <param name="first">Only where it never went out here: of two that ask for that at once, one begins it.</param>
    public async Task<CommandResult> SubmitAsync(TrackKey key, string release, Principal principal, string? reason, CancellationToken cancel, bool first = false)
    {
        AskedGates? asked = null;
        for (var tries = 0; ; tries++)
        {
            var result = await GatedAsync(() => Submit(key, release, principal, reason, asked, first, cancel), cancel).ConfigureAwait(false);
            if (result.Asks is not { } question || tries == MostAsked) return result;
            // not under the engine's own gate: a policy's command takes its time, and leases have to be renewed
            asked = await AskAsync(question, cancel).ConfigureAwait(false);
        }
    }

    private Task<CommandResult> Submit(TrackKey key, string release, Principal principal, string? reason, AskedGates? asked, bool first, CancellationToken cancel) =>
        Plan(release, key) is not { } plan
            ? Refuse("release-unknown", $"{key.Application} has no release {release} with an environment {key.Environment}", "signalbox history")
            : Namesake(key) is { } other
            ? Refuse("track-ambiguous", $"rollouts of {key} would be named like those of {other}; expected another name for the application or the environment", "signalbox status")
            : first && WentOut(key, release) is { } before
            ? Refuse("rollout-begun-before", $"{release} went out to {key} before, as {before}; expected its first time there", $"signalbox deploy --release {release} --env {key.Environment}   # takes it out once more")
            : SubmitAsync(Track(key), new(plan, RolloutKind.Deploy, principal, reason), asked, cancel);

    /// <summary>The rollout that took a release out, or is taking it back now; what goes on or waits to is refused as such. Null where there is none.</summary>
    private string? WentOut(TrackKey key, string release) =>
        StateOf(key) is { Active: { Phase: Phase.Aborting } active } && active.Release == release ? active.Id : _ends.Out(key, release)?.Id;

    /// <summary>What the host does not have would be taken back at once: it is refused before anything falls for it.</summary>
    private async Task<CommandResult> SubmitAsync(EngineTrack track, Signal.Submit submit, AskedGates? asked, CancellationToken cancel) =>
        await MissingAsync(submit.Plan, cancel).ConfigureAwait(false) is { } service
            ? new(false, false, Missing(track.Key, submit.Plan, service), track.State.Active?.Id)
            : await CommandAsync(track, submit, cancel, asked: asked).ConfigureAwait(false);

    /// <returns>A service whose artifact the host has not; null where it has all of them, or cannot be asked.</returns>
    private async Task<string?> MissingAsync(ReleasePlan plan, CancellationToken cancel)
    {
        if (!_connected) return null;
        try
        {
            foreach (var service in plan.Configuration.Services)
                if (!await _host.HasArtifactAsync(plan.Artifacts[service.Name], cancel).ConfigureAwait(false)) return service.Name;
        }
        catch (Exception error) when (error is HostUnreachableException or SignalboxException)
        {
            // it says so when it gets the table
        }
        return null;
    }

    private Refusal Missing(TrackKey key, ReleasePlan plan, string service)
    {
        var commit = _releases.GetValueOrDefault(plan.Release)?.Source is { Dirty: false } source ? $"git checkout {source.Commit} && " : "";
        return new(
            "artifact-missing", $"the host has the artifact of {service} of {plan.Release} no more ({plan.Artifacts[service]}); expected the directory it was made of to be deployed again",
            $"{commit}signalbox deploy --env {key.Environment}{(commit.Length == 0 ? $"   # in the directory that {plan.Release} was made of" : "")}");
    }

    /// <summary>Back to a release that succeeded here; an active rollout is aborted instead.</summary>
    /// <param name="to">A release id; null for the one before the serving one.</param>
    /// <param name="from">What serves as far as the caller knows; null for whatever does.</param>
    public Task<CommandResult> RollbackAsync(TrackKey key, string? to, Principal principal, string? reason, CancellationToken cancel, string? from = null) =>
        GatedAsync(() =>
        {
            if (!_tracks.TryGetValue(key.ToString(), out var track))
                return Refuse("track-unknown", $"nothing has gone out to {key}", "signalbox status");
            if (from is not null && (track.State.Active is not null || track.State.Stable?.Release != from))
                return Refuse("rollback-of-another", $"{from} is what was to be left, and {(track.State.Active is { } other ? $"{other.Id} goes on in {key}" : $"{track.State.Stable?.Release ?? "nothing"} serves {key}")} by now; look again", "signalbox status");
            if (to is null && track.State.Active is { Kind: RolloutKind.Rollback, Phase: not Phase.Aborting } goes)
                return Refuse("rollback-already-active", $"{key} already goes back to {goes.Release} as {goes.Id}", $"signalbox rollouts watch {goes.Id}   # or, to keep {goes.From}: signalbox abort {goes.Id}");
            if (track.State.Active is { } active && (to is null || to == active.From))
                return CommandAsync(track, new Signal.Abort(principal, reason ?? $"rolled back by {principal}"), cancel);
            var plan = to is null ? track.State.Earlier : track.State.Past.FirstOrDefault(past => past.Release == to);
            return plan is not null
                ? SubmitAsync(track, new(plan, RolloutKind.Rollback, principal, reason), null, cancel)
                : to is null ? NothingEarlier(track.State) : Refuse("rollback-no-release", $"{to} has not succeeded in {key}", "signalbox history");
        }, cancel);

    private static Task<CommandResult> NothingEarlier(TrackState state) =>
        state.Past.LastOrDefault(past => past.Release != state.Stable?.Release) is { } left
            ? Refuse("rollback-no-release", $"no earlier release of {state.Key} is left to go back to: {string.Join(", ", state.Left)} were left by a rollback or taken back", $"signalbox rollback --to {left.Release}   # goes there all the same")
            : Refuse("rollback-no-release", $"no earlier release has succeeded in {state.Key}", "signalbox history");

    /// <param name="signal">Advance, Pause, Resume or Abort. Aborting one that waits in the queue withdraws it.</param>
    public Task<CommandResult> CommandAsync(string rollout, Signal signal, CancellationToken cancel) =>
        GatedAsync(() =>
        {
            if (_tracks.Values.FirstOrDefault(candidate => candidate.State.Queued?.Rollout == rollout) is { } waiting)
                return signal is Signal.Abort drop
                    ? CommandAsync(waiting, new Signal.Withdraw(drop.Principal, drop.Reason), cancel, rollout)
                    : Refuse("rollout-queued", $"{rollout} waits for {waiting.State.QueueWaitsFor.Text(waiting.State.Active?.Id)}; it can only be aborted", $"signalbox abort {rollout}");
            if (_tracks.Values.FirstOrDefault(candidate => candidate.State.Active?.Id == rollout) is { } track) return CommandAsync(track, signal, cancel);
            return Ended.FirstOrDefault(view => view.Id == rollout) is { } ended
                ? Refuse("rollout-ended", $"{rollout} has ended ({ended.Phase})", $"signalbox rollouts show {rollout}")
                : Refuse("rollout-unknown", $"there is no rollout {rollout}", "signalbox rollouts list");
        }, cancel);

    /// <summary>Falling is effect-first: whatever leads to an abort asks the host to fall before anything is written, so that a full disk stops no rollback.</summary>
    /// <param name="rollout">The rollout it is about, where that is not the one the track ends up with.</param>
    /// <param name="asked">What the gates were asked for it; null where they were not yet.</param>
    private async Task<CommandResult> CommandAsync(EngineTrack track, Signal signal, CancellationToken cancel, string? rollout = null, AskedGates? asked = null)
    {
        var decision = RolloutMachine.Decide(track.State, signal, Now, track.Observation);
        if (decision.Refusal is { } refusal) return new(false, false, refusal, track.State.Active?.Id);
        // before anything falls for it: what may not go out takes nothing back
        var answer = Question(track, decision.Events) is { } question ? Answer(track, question, asked) : null;
        if (answer is { Stops: { } stops }) return stops;
        var fell = decision.Events.OfType<RolloutEvent.AbortStarted>().FirstOrDefault() is { } abort && await FallAsync(track, abort, cancel).ConfigureAwait(false);
        try
        {
            Record(track, decision.Events, answer?.Said ?? []);
        }
        catch (IOException error)
        {
            LedgerProblem = error.Message;
            return NotRecorded(track, signal, fell, error);
        }
        rollout ??= decision.Events.OfType<RolloutEvent.Queued>().LastOrDefault()?.Rollout ?? track.State.Rollout?.Id;
        await TurnAsync(track, cancel).ConfigureAwait(false);
        return new(true, true, null, rollout) { Gates = answer?.Report };
    }

    private async Task<bool> FallAsync(EngineTrack track, RolloutEvent.AbortStarted abort, CancellationToken cancel)
    {
        if (!_connected || RolloutMachine.FailSafe(track.State) == FailSafeMode.Hold || !track.State.Active!.Phase.MayCarryCanary()) return false;
        try
        {
            track.Observation = await _host.FallAsync(track.Key, new(abort.Principal.Name, abort.Reason), cancel).ConfigureAwait(false);
            return true;
        }
        catch (HostUnreachableException error)
        {
            Disconnect(error.Message);
        }
        catch (SignalboxException)
        {
            // the host has no such table, so nothing of it carries traffic: the ledger says the rest
        }
        return false;
    }

    /// <summary>The canary may be down already; what the ledger does not hold has not been asked for.</summary>
    private static CommandResult NotRecorded(EngineTrack track, Signal signal, bool fell, IOException error)
    {
        var active = track.State.Active?.Id;
        var problem = $"the ledger cannot be written: {error.Message}";
        if (signal is Signal.Submit submit && submit.Plan.Release != track.State.Active?.From)
            return new(false, false, new("ledger-not-written", fell
                ? $"{problem}; the canary of {active} is down already, but {submit.Plan.Release} does not wait: submit it again"
                : problem, "df -h; signalbox status"), active);
        return new(fell, false, new("ledger-not-written", problem, fell ? null : "df -h; signalbox status"), active);
    }

    /// <summary>Another track whose rollout ids are this one's: <c>shop-eu/production</c> beside <c>shop/eu-production</c>.</summary>
    private string? Namesake(TrackKey key) => _tracks.Values
        .FirstOrDefault(other => other.Key != key && TrackState.New(other.Key).NextRolloutId == TrackState.New(key).NextRolloutId)?.Key.ToString();

    private ReleasePlan? Plan(string release, TrackKey key) =>
        _releases.GetValueOrDefault(release) is { } found && found.Application == key.Application && found.In(key.Environment) is { } configuration
            ? new(found.Id, configuration, found.Artifacts)
            : null;

    private static Task<CommandResult> Refuse(string id, string message, string help) =>
        Task.FromResult(new CommandResult(false, false, new(id, message, help), null));
}
