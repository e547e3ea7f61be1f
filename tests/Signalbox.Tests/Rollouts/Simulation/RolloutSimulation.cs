using System.Text.Json;
using Signalbox.Delivery;
using Signalbox.Ledger;
using Signalbox.Rollouts;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Tests.Rollouts.Simulation;

/// <summary>
/// One world by one seed: the real engine and the real machine over a ledger that can be full, a host that can disagree,
/// crash, be late or slow, and people who press everything. Throws <see cref="InvariantBroken"/> with the story so far.
/// </summary>
internal sealed class RolloutSimulation
{
    private static readonly TrackKey s_track = new("shop", "production");

    private readonly Random _random;
    private readonly SimulatedTime _time = new();
    private readonly SimulatedLedger _ledger;
    private readonly SimulatedHost _host;
    private readonly SimulatedHooks _hooks;
    private readonly Dictionary<string, Behaviour> _behaviours = new(StringComparer.Ordinal);
    private readonly List<string> _story = [];
    private readonly Dictionary<long, TrackState> _replica = [];
    private TrackState _replayed = TrackState.New(s_track);
    private long _replayedTo;
    private RolloutEngine _engine;
    private bool _calm;

    public RolloutSimulation(int seed)
    {
        _random = new Random(seed);
        _ledger = new(_time, _random);
        _host = new(_time, _random, BehaviourOf) { Taking = CheckTable };
        _hooks = new(_random);
        _engine = NewEngine();
    }

    /// <summary>Rollouts that ran, by how they ended.</summary>
    public Dictionary<Phase, int> Ended { get; } = [];

    /// <summary>How often each kind of event happened: what the worlds reach.</summary>
    public Dictionary<string, int> Reached { get; } = [];

    public IReadOnlyList<string> Story => _story;

    public void Run()
    {
        Submit(good: true);
        for (var turn = 0; turn < 40; turn++) Turn(TimeSpan.FromSeconds(_random.NextDouble()));
        var releases = _random.Next(1, 4);
        for (var i = 0; i < releases; i++)
        {
            Submit(good: false);
            for (var turn = 0; turn < 60; turn++) Turn(TimeSpan.FromSeconds(_random.NextDouble() * 3));
        }
        SettleDown();
    }

    private Behaviour BehaviourOf(string release)
    {
        if (!_behaviours.TryGetValue(release, out var behaviour)) _behaviours[release] = behaviour = Behaviour.Draw(_random);
        return behaviour;
    }

    private RolloutEngine NewEngine()
    {
        for (; ; )
        {
            try
            {
                var engine = new RolloutEngine(_ledger, _host, _hooks, new NoFailureLogs(), _time, new("test", 1, _ => "c2VjcmV0", TimeSpan.FromSeconds(10)));
                engine.Appended += entry => Tell($"#{entry.Sequence} {entry.Type} {System.Text.Encoding.UTF8.GetString(entry.Data.Span)[..Math.Min(160, entry.Data.Length)]}");
                engine.Appended += CheckEntry;
                engine.TakeCharge();
                return engine;
            }
            catch (SimulatedCrash)
            {
                Tell("the control plane crashed while starting");
            }
            catch (IOException)
            {
                _ledger.DiskFull = false;
            }
        }
    }

    private void Submit(bool good)
    {
        Guarded(() =>
        {
            var configuration = Plans.Environment(DrawStrategy(), DrawHook(), DrawHook(), DrawServices());
            var release = _engine.CreateReleaseAsync("shop", null, Plans.Artifacts(_engine.Releases.Count, configuration), [configuration], new("alice"), default).GetAwaiter().GetResult();
            if (good) _behaviours[release.Id] = Behaviour.Good;
            Tell($"submit {release.Id}: {BehaviourOf(release.Id)} {configuration.Strategy.Kind}");
            _engine.SubmitAsync(s_track, release.Id, new("alice"), null, default).GetAwaiter().GetResult();
        });
    }

    private Strategy DrawStrategy() => Plans.Canary with
    {
        Kind = _random.NextDouble() < 0.15 ? StrategyKind.Recreate : StrategyKind.Canary,
        Steps = [.. new[] { 1, 10, 25, 50 }.Take(_random.Next(1, 5)).Select(percent => new CanaryStep(Weight.Percent(percent), TimeSpan.FromSeconds(_random.Next(1, 10)), _random.NextDouble() < 0.1))],
        Analysis = Plans.Analysis with
        {
            Enabled = _random.NextDouble() < 0.85,
            OnUndecided = (OnUndecided)_random.Next(3),
            MaxStepTime = TimeSpan.FromSeconds(30),
        },
        Bake = TimeSpan.FromSeconds(_random.Next(0, 15)),
        KeepWarm = TimeSpan.FromSeconds(_random.Next(15, 40)),
        ProgressDeadline = TimeSpan.FromSeconds(20),
    };

    private Hook? DrawHook() => _random.NextDouble() < 0.15 ? new(["true"], TimeSpan.FromSeconds(10), _random.NextDouble() < 0.6) : null;

    private ServiceConfiguration[] DrawServices() => _random.NextDouble() < 0.2
        ? [Plans.Web("api", _random.Next(1, 4)), Plans.Web("web", _random.Next(1, 4), 8081)]
        : [Plans.Web("web", _random.Next(1, 6))];

    private void Turn(TimeSpan elapsed)
    {
        _time.Advance(elapsed);
        if (!_calm) Trouble();
        _host.Live(elapsed);
        _hooks.Live(_calm);
        if (!_host.Down && _random.NextDouble() < (_calm ? 1 : 0.6)) _engine.Observe(_host.Observe());
        Guarded(() => _engine.StepAsync(default).GetAwaiter().GetResult());
        if (_engine.Deposed is { } deposed) throw Broken($"the only control plane was deposed: {deposed}");
    }

    private void Trouble()
    {
        _host.LossChance = _random.NextDouble() < 0.2 ? 0.3 : 0;
        _host.CrashChance = _ledger.CrashChance = _random.NextDouble() < 0.1 ? 0.2 : 0;
        if (_random.NextDouble() < 0.02) _ledger.DiskFull = !_ledger.DiskFull;
        if (_random.NextDouble() < 0.02) Pass(TimeSpan.FromSeconds(_random.Next(5, 30)));
        if (_random.NextDouble() < 0.02) (_host.Down, _) = (true, Tell("the host is down"));
        else if (_host.Down && _random.NextDouble() < 0.3) Restart();
        if (_random.NextDouble() < 0.03) KillStable();
        if (_random.NextDouble() < 0.08) Press();
        if (_random.NextDouble() < 0.02) Press();
    }

    private void Restart()
    {
        _host.Restart();
        Tell("the host restarted");
    }

    /// <summary>The control plane is away for a while: leases run out.</summary>
    private void Pass(TimeSpan away)
    {
        Tell($"the control plane is away for {away.TotalSeconds:0} s");
        for (var left = away; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(1))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _host.Live(TimeSpan.FromSeconds(1));
        }
    }

    private void KillStable()
    {
        if (State.Stable is not { } stable) return;
        _behaviours[stable.Release] = BehaviourOf(stable.Release) with { FlapPerSecond = _random.NextDouble() < 0.5 ? 1 : 0 };
        foreach (var arm in _host.Arms.Where(arm => arm.Revision == stable.Release)) arm.Behaviour = _behaviours[stable.Release];
        Tell($"stable {stable.Release} flaps {_behaviours[stable.Release].FlapPerSecond}");
    }

    private void Press()
    {
        var principal = new Principal("bob");
        var id = State.Rollout?.Id ?? "shop-production-1";
        var command = _random.Next(6);
        Tell($"press {command} on {id}");
        Guarded(() => _ = (command switch
        {
            0 => _engine.CommandAsync(id, new Signal.Advance(principal, null), default),
            1 => _engine.CommandAsync(id, new Signal.Pause(principal, null), default),
            2 => _engine.CommandAsync(id, new Signal.Resume(principal, null), default),
            3 => _engine.CommandAsync(id, new Signal.Abort(principal, null), default),
            4 => _engine.RollbackAsync(s_track, null, principal, null, default),
            _ => _engine.SubmitAsync(s_track, $"shop-{_random.Next(1, 5)}", principal, null, default),
        }).GetAwaiter().GetResult());
    }

    private TrackState State => _engine.Tracks is [var (state, _, _), ..] ? state : TrackState.New(s_track);

    /// <summary>A crash anywhere loses the process, not the ledger; a new one takes charge and must come to the same state.</summary>
    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (SimulatedCrash)
        {
            Tell("the control plane crashed");
            _engine.Dispose();
            _hooks.Die();
            _engine = NewEngine();
            CheckReplay();
        }
        catch (IOException)
        {
            Tell("the disk is full");
        }
    }

    /// <summary>No more trouble: every rollout ends or waits in a named state; a person's abort then ends it.</summary>
    private void SettleDown()
    {
        Tell("calm");
        _calm = true;
        (_host.LossChance, _host.CrashChance, _ledger.CrashChance, _ledger.DiskFull) = (0, 0, 0, false);
        if (_host.Down) Restart();
        foreach (var arm in _host.Arms) arm.Behaviour = _behaviours[arm.Revision] = arm.Behaviour with { FlapPerSecond = 0 };
        for (var turn = 0; turn < 400 && State.Active is not null; turn++) Turn(TimeSpan.FromSeconds(1));
        if (State.Active is { WaitingFor: null } stuck) throw Broken($"{stuck.Id} is {stuck.Phase} and waits for nothing named");
        for (var presses = 0; presses < 8 && State.Active is { } waiting; presses++)
        {
            Guarded(() => _engine.CommandAsync(waiting.Id, new Signal.Abort(new("carol"), null), default).GetAwaiter().GetResult());
            for (var turn = 0; turn < 120 && State.Active is not null; turn++) Turn(TimeSpan.FromSeconds(1));
        }
        if (State.Active is { } endless && StableCanServe()) throw Broken($"{endless.Id} is {endless.Phase} ({endless.Reason}) and cannot be aborted");
        CheckReplay();
    }

    private bool StableCanServe() => State.Stable is null || _host.Arms.Where(arm => arm.Revision == State.Stable.Release).All(arm => arm.Ready(_time.Now) > 0);

    private void CheckReplay()
    {
        CatchUp();
        if (!RolloutEvents.Bytes(_replayed).AsSpan().SequenceEqual(RolloutEvents.Bytes(State)))
            throw Broken($"replaying the ledger gives another state:\n{JsonSerializer.Serialize(_replayed.Rollout?.Phase)}\n{JsonSerializer.Serialize(State.Rollout?.Phase)}");
    }

    private void CatchUp()
    {
        foreach (var entry in _ledger.Read(_replayedTo, int.MaxValue))
        {
            _replayedTo = entry.Sequence;
            if (RolloutEvents.FromEntry(entry) is not { } happened) continue;
            _replayed = RolloutMachine.Apply(_replayed, happened, entry.Sequence);
            _replica[entry.Sequence] = _replayed;
        }
    }

    /// <summary>Nothing raises a weight that is not in the ledger: a table says what the ledger up to its generation desires.</summary>
    private void CheckTable(DeclaredTable table)
    {
        CatchUp();
        if (!_replica.TryGetValue(table.Generation, out var state)) throw Broken($"the host got generation {table.Generation}, which no event of the ledger has");
        var desired = RolloutMachine.Desired(state, table.Epoch, _ => "c2VjcmV0");
        var same = JsonSerializer.SerializeToUtf8Bytes(desired, ProtocolJson.Default.DeclaredTable).AsSpan()
            .SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(table, ProtocolJson.Default.DeclaredTable));
        if (!same) throw Broken($"the table of generation {table.Generation} is not what the ledger desires");
        foreach (var service in table.Services.Where(service => service.Arms.Count > 0))
            if (service.Arms.Sum(arm => arm.Weight.BasisPoints) is not (0 or Weight.Full)) throw Broken($"weights of {service.Service} add up to {service.Arms.Sum(arm => arm.Weight.BasisPoints)}");
    }

    private void CheckEntry(LedgerEntry entry)
    {
        CatchUp();
        Reached[entry.Type] = Reached.GetValueOrDefault(entry.Type) + 1;
        var observation = _engine?.Tracks is [var (_, seen, _), ..] ? seen : null;
        switch (RolloutEvents.FromEntry(entry))
        {
            case RolloutEvent.StepReached step:
                CheckCapacity(entry, observation, step.Weight);
                break;
            case RolloutEvent.TookOver:
                CheckCapacity(entry, observation, Weight.All);
                break;
            case RolloutEvent.HookStarted { Reversible: false } when _host.Table is not { FailSafe: FailSafeMode.Hold }:
                throw Broken("an irreversible hook starts while the host would fall to stable");
            case RolloutEvent.Started when Before(entry).Active is { } other:
                throw Broken($"a second rollout began while {other.Id} was {other.Phase}");
            case RolloutEvent.Ended ended:
                Ended[ended.Outcome] = Ended.GetValueOrDefault(ended.Outcome) + 1;
                if (ended.Outcome == Phase.Failed) CheckGivenUp(Before(entry), observation);
                else if (ended.Outcome != Phase.Succeeded) CheckAborted(Before(entry), observation);
                break;
        }
    }

    private TrackState Before(LedgerEntry entry) => _replica.TryGetValue(entry.Sequence - 1, out var state)
        ? state
        : _replica.Where(pair => pair.Key < entry.Sequence).Select(pair => pair.Value).LastOrDefault() ?? TrackState.New(s_track);

    /// <summary>A weight never exceeds ready capacity, as far as anyone could see.</summary>
    private void CheckCapacity(LedgerEntry entry, TrackObservation? seen, Weight weight)
    {
        var rollout = Before(entry).Active ?? throw Broken("a weight was raised without a rollout");
        if (seen is null) throw Broken("a weight was raised while the host could not be asked");
        foreach (var service in rollout.Plan.Configuration.Services)
        {
            var ready = seen.Services.FirstOrDefault(shown => shown.Service == service.Name)?.Arms.FirstOrDefault(arm => arm.Revision == rollout.Release)?.Ready ?? 0;
            if (ready * (double)Weight.Full < weight.BasisPoints * service.Instances - 1e-6)
                throw Broken($"{service.Name} got {weight} with {ready} of {service.Instances} instances ready");
        }
    }

    /// <summary>Abort ends at canary 0 with stable serving.</summary>
    private void CheckAborted(TrackState before, TrackObservation? seen)
    {
        if (before.Active is not { } rollout || seen is null) throw Broken("an abort ended that nobody saw");
        foreach (var service in seen.Services)
        {
            if (service.Arms.FirstOrDefault(arm => arm.Revision == rollout.Release && arm.Revision != before.Stable?.Release) is { } canary && canary.Weight > Weight.Zero)
                throw Broken($"{rollout.Id} ended taken back with {canary.Weight} on the canary");
            var serves = before.Stable is null || before.Stable.Configuration.Services.All(configured => configured.Name != service.Service)
                || service.Arms.Any(arm => arm.Revision == before.Stable.Release && arm.Ready > 0);
            if (!serves) throw Broken($"{rollout.Id} ended taken back without a ready stable {service.Service}");
        }
    }

    /// <summary>Given up only where nothing serves and a newer release waits.</summary>
    private void CheckGivenUp(TrackState before, TrackObservation? seen)
    {
        if (before is not { Active: not null, Queued: not null } || seen is null) throw Broken("a rollout was given up and nothing waits");
        if (seen.Services.SelectMany(service => service.Arms).FirstOrDefault(arm => arm.Ready > 0) is { } ready)
            throw Broken($"a rollout was given up while {ready.Revision} has ready instances");
    }

    private bool Tell(string line)
    {
        _story.Add($"{_time.Now:HH:mm:ss.f} {line}");
        return true;
    }

    private InvariantBroken Broken(string what) => new($"{what}\n{string.Join('\n', _story.TakeLast(60))}");
}

internal sealed class InvariantBroken(string message) : Exception(message);
