using Signalbox.Delivery;
using Signalbox.Rollouts;

namespace Signalbox.Tests.Rollouts.Simulation;

/// <summary>No more trouble: every rollout ends or waits in a named state; a person's abort then ends it.</summary>
internal sealed partial class RolloutSimulation
{
    private const int LongestToRest = 900;
    private const int LongestToAbort = 120;
    private const int RestSeconds = 45;

    private void SettleDown()
    {
        EndTrouble();
        for (var second = 0; second < 5; second++) Turn(TimeSpan.FromSeconds(1));
        if (!Within(LongestToRest, () => _tracks.All(IsAtRest))) throw new InvariantBroken($"{Unsettled(IsAtRest)} has not settled within {LongestToRest} s without trouble");
        for (var presses = 0; presses < 8 && _tracks.Any(track => State(track).Active is not null); presses++)
        {
            foreach (var waiting in _tracks.Select(State).Select(state => state.Active).OfType<RolloutState>())
                Guarded(() => Engine.CommandAsync(waiting.Id, new Signal.Abort(new("carol"), null), default).GetAwaiter().GetResult());
            Within(LongestToAbort, () => _tracks.All(IsDone));
        }
        if (!_tracks.All(track => IsDone(track) || !StableCanServe(track))) throw new InvariantBroken($"{Unsettled(IsDone)} cannot be aborted");
        foreach (var track in _tracks.Where(track => IsDone(track) && StableCanServe(track))) CheckWorld(track);
        CheckReplay();
    }

    private void EndTrouble()
    {
        Tell("calm");
        (_calm, _gates.Calm) = (true, true);
        (_host.LossChance, _host.CrashChance, _ledger.CrashChance, _ledger.FailChance) = (0, 0, 0, 0);
        (_ledger.DiskFull, _ledger.FailsAfterCommit, _ledger.CannotBeRead) = (false, false, false);
        _old?.Die();
        _old = null;
        if (_host.Down) Restart(oldDisk: false);
        LoseHost();
        foreach (var track in _host.Tracks) track.Refuses = null;
        foreach (var (release, behaviour) in _behaviours.ToList()) _behaviours[release] = behaviour.Calmed();
        foreach (var arm in _host.Arms) arm.Behaviour = arm.Behaviour.Calmed();
    }

    private bool Within(int seconds, Func<bool> condition)
    {
        for (var second = 0; second < seconds && !condition(); second++) Turn(TimeSpan.FromSeconds(1));
        return condition();
    }

    private TrackState State(TrackKey track) => _replica.Of(track);

    private bool IsDone(TrackKey track) => State(track) is { Active: null, Queued: null };

    /// <summary>Ended, or held by a person's or the strategy's word and named so for a while; never waiting for a stable that is there.</summary>
    private bool IsAtRest(TrackKey track)
    {
        if (State(track).Active is not { } rollout) return IsDone(track);
        if (rollout.WaitingFor is null || _time.GetUtcNow() - rollout.PhaseSince < TimeSpan.FromSeconds(RestSeconds)) return false;
        return rollout.Phase == Phase.Paused || (rollout.Phase == Phase.Halted && rollout.CannotGoBack) || !StableCanServe(track);
    }

    private bool StableCanServe(TrackKey track)
    {
        if (State(track).Stable is not { } stable) return true;
        if (_host.Find(track.ToString()) is not { Table: not null } on) return true;
        return stable.Configuration.Services.Where(service => service.Kind == ServiceKind.Web)
            .All(service => !_host.IsTaken(track.ToString(), service.Listen) && (!(_behaviours[stable.Release] is { NeverReady: true } or { StartSeconds: > 100 }) || on.Arms.Any(arm => arm.Revision == stable.Release && arm.Ready > 0)));
    }

    private string Unsettled(Func<TrackKey, bool> settled) => string.Join("; ", _tracks.Where(track => !settled(track)).Select(State)
        .Select(state => $"{state.Active?.Id} of {state.Key} ({state.Active?.Phase}: {state.Active?.Reason}; waits for {state.Active?.WaitingFor}; queued {state.Queued?.Rollout})"));

    /// <summary>The host carries what the ledger ends with, and nothing else.</summary>
    private void CheckWorld(TrackKey track)
    {
        var state = State(track);
        if (state.Generation == 0) return;
        if (_host.Find(track.ToString()) is not { Table: { } table } on || table.Generation != state.Generation) throw new InvariantBroken($"the host has another table of {track} than the ledger's {state.Generation}");
        if (on.Latch is { } latch) throw new InvariantBroken($"{track} is idle and the host holds latch {latch.Id}");
        foreach (var service in table.Services.Where(service => service.Stable is not null))
            if (on.ArmOf(service.Service, service.Stable!) is { Ready: > 0 } arm && arm.Weight != Weight.All) throw new InvariantBroken($"{track} is idle and stable {service.Service} has {arm.Weight}");
    }
}
