using Signalbox.Delivery;
using Signalbox.Rollouts;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Tests.Rollouts.Simulation;

/// <summary>What goes wrong.</summary>
internal sealed partial class RolloutSimulation
{
    private readonly List<TrackObservation> _reports = [];

    /// <summary>A control plane that another one has followed and that does not know it yet.</summary>
    private SimulatedProcess? _old;
    private int _oldTurns;

    /// <summary>Turns until the engine hears that the stream broke.</summary>
    private int _lostStream;

    private void Trouble()
    {
        _host.LossChance = Chance(0.2) ? 0.3 : 0;
        _host.CrashChance = _ledger.CrashChance = Chance(0.1) ? 0.2 : 0;
        _ledger.FailChance = Chance(0.1) ? 0.3 : 0;
        _ledger.FailsAfterCommit = Chance(0.05);
        _ledger.CannotBeRead = _ledger.FailsAfterCommit && Chance(0.3);
        if (Chance(0.02)) _ledger.DiskFull = !_ledger.DiskFull;
        if (Chance(_ledger.CannotBeRead ? 0.5 : 0.02)) SetClock();
        if (Chance(0.02)) Away(TimeSpan.FromSeconds(_random.Next(5, 30)));
        HostTrouble();
        if (Chance(0.015) && _old is null) Rival();
        if (_old is not null) TurnOld();
        foreach (var track in _tracks) TrackTrouble(track);
    }

    private void SetClock()
    {
        var by = TimeSpan.FromMinutes(_random.Next(-90, 91));
        Tell($"the wall clock is set by {by:c}");
        Happened(null, Fault.ClockSet);
        _time.Set(by);
    }

    private bool Chance(double chance) => _random.NextDouble() < chance;

    private void HostTrouble()
    {
        if (_lostStream > 0 && --_lostStream == 0) LoseHost();
        if (!_host.Down && Chance(0.02))
        {
            _host.Down = true;
            Tell("the host is down");
            Happened(null, Fault.HostDown);
            _lostStream = _random.Next(1, 4);
        }
        else if (_host.Down && Chance(0.3)) Restart(oldDisk: Chance(0.4));
        else if (Chance(0.02))
        {
            Happened(null, Fault.StreamLost);
            LoseHost();
        }
    }

    private void LoseHost()
    {
        Tell("the stream broke");
        _reports.Clear();
        _lostStream = 0;
        Engine.LoseHost("the stream broke");
    }

    private void Restart(bool oldDisk)
    {
        Tell(oldDisk ? "the host restarted from an old disk" : "the host restarted");
        Happened(null, oldDisk ? Fault.OldTable : Fault.HostRestart);
        _host.Restart(oldDisk);
        _lostStream = Math.Max(1, _lostStream);
    }

    /// <summary>The control plane is away for a while: leases run out.</summary>
    private void Away(TimeSpan away)
    {
        Tell($"the control plane is away for {away.TotalSeconds:0} s");
        for (var left = away; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(1))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _host.Live(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>Another control plane takes charge while this one still thinks it is alone.</summary>
    private void Rival()
    {
        var old = _process;
        Tell("another control plane takes charge");
        _hooks.Die();
        _process = Begin();
        (_old, _oldTurns, _lostStream) = (old, _random.Next(1, 4), 0);
    }

    private void TurnOld()
    {
        var old = _old!;
        try
        {
            Tell("the old control plane turns");
            if (!_host.Down) foreach (var track in _host.Tracks) old.Engine.Observe(track.Observe());
            old.Engine.StepAsync(default).GetAwaiter().GetResult();
            if (Chance(0.3) && _replica.Of(_tracks[0]).Active is { } active) _ = old.Engine.CommandAsync(active.Id, new Signal.Abort(new("dave"), null), default).GetAwaiter().GetResult();
            if (old.Superseded && old.Engine.Deposed is null) throw new InvariantBroken("the host obeys another control plane and the old one goes on");
        }
        catch (Exception error) when (error is SimulatedCrash or IOException)
        {
            _oldTurns = 0;
        }
        if (--_oldTurns > 0 && !old.Dead) return;
        old.Die();
        _old = null;
    }

    private void TrackTrouble(TrackKey key)
    {
        if (Chance(0.03)) ShakeStable(key);
        if (Chance(0.07)) Guarded(() => Press(key, "bob"));
        if (Chance(0.02)) PressTogether(key);
        if (Chance(0.01)) LoseArtifact(key);
        if (_host.Find(key.ToString()) is not { } track) return;
        if (track.Refuses is null ? Chance(0.03) : Chance(0.3))
        {
            track.Refuses = track.Refuses is null ? SimulatedTables.Refusals[_random.Next(SimulatedTables.Refusals.Length)] : null;
            Tell($"the host refuses tables of {key}: {track.Refuses ?? "no longer"}");
        }
    }

    /// <summary>What nobody runs is gone from the host for good: calm does not bring it back.</summary>
    private void LoseArtifact(TrackKey key)
    {
        var state = _replica.Of(key);
        var lost = Engine.Releases.Where(release => release.Application == key.Application && release.In(key.Environment) is not null && !IsNeeded(state, release.Id)).ToList();
        if (lost.Count == 0) return;
        var release = lost[_random.Next(lost.Count)];
        foreach (var artifact in release.Artifacts.Values) _host.Lose(artifact);
        Tell($"the artifact of {release.Id} is lost");
    }

    private bool IsNeeded(TrackState state, string release) =>
        state.Stable?.Release == release || state.Warm?.Release == release || (state.Active is { } rollout && rollout.Release == release && rollout.Weight > Weight.Zero)
        || _host.Arms.Any(arm => arm.Revision == release && arm.Desired > 0);

    private void ShakeStable(TrackKey key)
    {
        if (_replica.Of(key).Stable is not { } stable) return;
        var flaps = Chance(0.5) ? 1 : 0;
        _behaviours[stable.Release] = BehaviourOf(stable.Release) with { FlapPerSecond = flaps };
        foreach (var arm in _host.Arms.Where(arm => arm.Revision == stable.Release)) arm.Behaviour = _behaviours[stable.Release];
        Tell($"stable {stable.Release} flaps {flaps}");
        Happened(key.ToString(), Fault.StableFails);
    }

    /// <summary>What the host's stream brings: most of it, late or out of order at times.</summary>
    private void Report()
    {
        if (_host.Down) return;
        foreach (var track in _host.Tracks.Where(track => track.Table is not null && (_calm || Chance(0.6))))
        {
            var report = track.Observe();
            Engine.Observe(report);
            _reports.Add(report);
        }
        if (_reports.Count > 20) _reports.RemoveRange(0, _reports.Count - 20);
        if (_calm || _reports.Count == 0 || !Chance(0.15)) return;
        var old = _reports[_random.Next(_reports.Count)];
        if (old.Generation < _host.Find(old.Track)!.Table!.Generation) Happened(old.Track, Fault.StaleReport);
        Engine.Observe(old);
    }
}
