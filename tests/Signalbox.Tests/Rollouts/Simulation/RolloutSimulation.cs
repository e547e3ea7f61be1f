using System.Text;
using Signalbox.Delivery;
using Signalbox.Ledger;
using Signalbox.Rollouts;

namespace Signalbox.Tests.Rollouts.Simulation;

/// <summary>
/// One world by one seed: the real engine and the real machine over a ledger that can be full or written by another, a
/// host with several tracks that can disagree, crash, be late or slow, and people who press everything. Throws
/// <see cref="InvariantBroken"/>; <see cref="Story"/> tells how it came to that.
/// </summary>
internal sealed partial class RolloutSimulation
{
    private static readonly TrackKey[] s_tracks =
        [new("shop", "production"), new("shop", "staging"), new("cart", "production"), new("search", "production")];

    private readonly Random _random;
    private readonly SimulatedTime _time = new();
    private readonly SimulatedLedger _ledger;
    private readonly SimulatedHost _host;
    private readonly SimulatedHooks _hooks;
    private readonly SimulatedGates _gates;
    private readonly LedgerReplica _replica;
    private readonly Invariants _invariants;
    private readonly Dictionary<string, Behaviour> _behaviours = new(StringComparer.Ordinal);
    private readonly List<string> _story = [];
    private readonly TrackKey[] _tracks;
    private SimulatedProcess _process;
    private bool _submitted;
    private bool _calm;

    public RolloutSimulation(int seed)
    {
        _random = new Random(seed);
        _ledger = new(_time, _random);
        _replica = new(_ledger);
        _invariants = new(_replica, _time);
        _host = new(_time, _random, BehaviourOf) { Taking = _invariants.CheckTable, Took = _invariants.CheckTaken, Happened = Happened, DrainSeconds = 3 };
        _hooks = new(_random);
        _gates = new(new Random(~seed));
        _tracks = s_tracks[..Math.Min(s_tracks.Length, 1 + (int)(-Math.Log(1 - _random.NextDouble()) / 0.8))];
        _process = Begin();
    }

    /// <summary>Rollouts that ran, by how they ended.</summary>
    public Dictionary<Phase, int> Ended { get; } = [];

    /// <summary>How often each kind of event happened: what the worlds reach.</summary>
    public Dictionary<string, int> Reached { get; } = [];

    public Coverage Coverage { get; } = new();

    public IReadOnlyList<string> Story => _story;

    /// <summary>Of those who press together one takes a release out at most: two wait for the gates outside of the engine's own, and which comes back first only the machine knows.</summary>
    public bool Ordered { get; init; }

    private RolloutEngine Engine => _process.Engine;

    public void Run()
    {
        foreach (var track in _tracks) Submit(track, good: true);
        Turns(40, longest: 1);
        for (var round = _random.Next(1, 4); round > 0; round--)
        {
            foreach (var track in _tracks.Where(_ => _random.NextDouble() < 0.9)) Submit(track, good: false);
            Turns(60, longest: 3);
        }
        SettleDown();
    }

    private void Turns(int turns, double longest)
    {
        for (var turn = 0; turn < turns; turn++) Turn(TimeSpan.FromSeconds(_random.NextDouble() * longest));
    }

    private void Turn(TimeSpan elapsed)
    {
        _time.Advance(elapsed);
        if (!_calm) Trouble();
        _host.Live(elapsed);
        _hooks.Live(_calm);
        _gates.Live();
        Report();
        _gates.Slow = true;
        Guarded(() => Engine.StepAsync(default).GetAwaiter().GetResult());
        _gates.Slow = false;
        if (Engine.Deposed is { } deposed) throw new InvariantBroken($"the newest control plane was deposed: {deposed}");
    }

    private Behaviour BehaviourOf(string release)
    {
        if (!_behaviours.TryGetValue(release, out var behaviour)) _behaviours[release] = behaviour = _calm ? Behaviour.Draw(_random).Calmed() : Behaviour.Draw(_random);
        return behaviour;
    }

    /// <summary>A new process takes charge.</summary>
    private SimulatedProcess Begin()
    {
        for (; ; )
        {
            try
            {
                var process = new SimulatedProcess(_ledger, _host, _hooks, _gates, _time) { Wrote = Written };
                process.Engine.TakeCharge();
                return process;
            }
            catch (SimulatedCrash)
            {
                Tell("the control plane crashed while starting");
            }
            catch (IOException)
            {
                (_ledger.DiskFull, _ledger.FailChance, _ledger.FailsAfterCommit, _ledger.CannotBeRead) = (false, 0, false, false);
            }
        }
    }

    private void Written(IReadOnlyList<LedgerEntry> entries, SimulatedProcess process)
    {
        if (ReferenceEquals(process, _old)) throw new InvariantBroken("a control plane wrote the ledger after another had taken charge");
        foreach (var entry in entries)
        {
            Tell($"#{entry.Sequence} {entry.Stream} {entry.Type} {Encoding.UTF8.GetString(entry.Data.Span)[..Math.Min(160, entry.Data.Length)]}");
            Reached[entry.Type] = Reached.GetValueOrDefault(entry.Type) + 1;
            _invariants.CheckEntry(entry, process, _host.Find(entry.Stream));
            if (RolloutEvents.FromEntry(entry) is RolloutEvent.Ended ended) Ended[ended.Outcome] = Ended.GetValueOrDefault(ended.Outcome) + 1;
        }
    }

    /// <summary>A crash anywhere loses the process, not the ledger; a new one takes charge and must come to the same state.</summary>
    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (SimulatedCrash)
        {
            Happened(null, Fault.Crash);
            Replace("the control plane crashed");
        }
        catch (IOException)
        {
            Tell("the disk is full");
        }
    }

    private void Replace(string why)
    {
        Tell(why);
        _process.Die();
        _hooks.Die();
        _lostStream = 0;
        _process = Begin();
        CheckReplay();
    }

    private void CheckReplay()
    {
        foreach (var state in _replica.Newest)
            if (!RolloutEvents.Bytes(state).AsSpan().SequenceEqual(RolloutEvents.Bytes(_process.State(state.Key))))
                throw new InvariantBroken($"replaying the ledger gives another state of {state.Key}: {state.Rollout?.Phase}, not {_process.State(state.Key).Rollout?.Phase}");
    }

    private void Happened(string? track, Fault fault)
    {
        foreach (var state in _replica.Newest)
            if (state.Active is { } rollout && (track is null || state.Key.ToString() == track)) Coverage.Hit(rollout.Phase, fault);
    }

    private void Tell(string line) => _story.Add($"{_time.Now:HH:mm:ss.f} {line}");
}
