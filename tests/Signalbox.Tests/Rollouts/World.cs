using Signalbox.Delivery;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Rollouts;
using Signalbox.Tests.Rollouts.Simulation;

namespace Signalbox.Tests.Rollouts;

/// <summary>The engine on a host that behaves, with a clock the test turns.</summary>
internal sealed class World : IDisposable
{
    public static readonly TrackKey Track = new("shop", "production");
    public static readonly Principal Alice = new("alice");

    private readonly Dictionary<string, Behaviour> _behaviours = new(StringComparer.Ordinal);

    public World()
    {
        var random = new Random(1);
        Ledger = new(Time, random);
        Host = new(Time, random, release => _behaviours.GetValueOrDefault(release, Behaviour.Good));
        Hooks = new();
        Engine = NewEngine();
    }

    public SimulatedTime Time { get; } = new();

    public SimulatedLedger Ledger { get; }

    public SimulatedHost Host { get; }

    public ScriptedHooks Hooks { get; }

    public ScriptedGates Gates { get; } = new();

    public RolloutEngine Engine { get; private set; }

    public TrackState State => Engine.Tracks.Single().State;

    public Phase Phase => State.Rollout!.Phase;

    public IReadOnlyList<string> Events => [.. Ledger.Read(0, 1000, Track.ToString()).Where(entry => entry.Type != GateEvents.DecidedType).Select(entry => entry.Type.Replace("rollout.", "").Replace("/1", ""))];

    public string Deploy(Behaviour? behaviour = null, Strategy? strategy = null, Hook? pre = null, Hook? post = null, params ServiceConfiguration[] services)
    {
        var release = Release(behaviour, strategy, pre, post, services);
        Submit(release);
        return release;
    }

    /// <summary>Makes a release and submits it not yet.</summary>
    public string Release(Behaviour? behaviour = null, Strategy? strategy = null, Hook? pre = null, Hook? post = null, params ServiceConfiguration[] services)
    {
        var configuration = Plans.Environment(strategy, pre, post, services);
        var release = Engine.CreateReleaseAsync("shop", null, Plans.Artifacts(Engine.Releases.Count, configuration), [configuration], Alice, default).GetAwaiter().GetResult();
        _behaviours[release.Id] = behaviour ?? Behaviour.Good;
        return release.Id;
    }

    public void Submit(string release) => Result = Engine.SubmitAsync(Track, release, Alice, null, default).GetAwaiter().GetResult();

    public CommandResult? Result { get; private set; }

    /// <summary>Another one is another boot of the machine.</summary>
    public string Boot { get; set; } = "boot-1";

    /// <summary>How a release's instances behave from their next start on.</summary>
    public void Behave(string release, Behaviour behaviour)
    {
        _behaviours[release] = behaviour;
        foreach (var arm in Host.Arms.Where(arm => arm.Revision == release)) arm.Behaviour = behaviour;
    }

    /// <summary>The host has the release's artifacts no more, and never will again.</summary>
    public void Lose(string release)
    {
        foreach (var artifact in Engine.FindRelease(release)!.Artifacts.Values) Host.Lose(artifact);
    }

    public void Command(Signal signal) => CommandOn(State.Rollout!.Id, signal);

    public void CommandOn(string rollout, Signal signal) => Result = Engine.CommandAsync(rollout, signal, default).GetAwaiter().GetResult();

    public void Rollback(string? to = null) => Result = Engine.RollbackAsync(Track, to, Alice, null, default).GetAwaiter().GetResult();

    /// <summary>Lets time go on in turns of 100 ms until the condition holds.</summary>
    public World Until(Func<World, bool> condition, double seconds = 120)
    {
        for (var turn = 0; turn < seconds * 10 && !condition(this); turn++) Turn();
        Assert.True(condition(this), $"after {seconds} s it is {Phase} ({State.Rollout!.Reason}): {string.Join(", ", Events)}");
        return this;
    }

    public World Run(double seconds)
    {
        for (var turn = 0; turn < seconds * 10; turn++) Turn();
        return this;
    }

    /// <summary>A first release serves.</summary>
    public World Serving(params ServiceConfiguration[] services)
    {
        Deploy(services: services);
        return Until(world => world.Phase == Phase.Succeeded);
    }

    public void RestartEngine()
    {
        Engine.Dispose();
        Engine = NewEngine();
    }

    public void Dispose() => Engine.Dispose();

    private RolloutEngine NewEngine()
    {
        var engine = new RolloutEngine(Ledger, Host, Hooks, Gates, new NoFailureLogs(), Time, new("test", 1, _ => "c2VjcmV0", TimeSpan.FromSeconds(10)) { Boot = Boot });
        engine.TakeCharge();
        return engine;
    }

    private void Turn()
    {
        Time.Advance(TimeSpan.FromMilliseconds(100));
        Host.Live(TimeSpan.FromMilliseconds(100));
        Engine.Observe(Host.Observe());
        Engine.StepAsync(default).GetAwaiter().GetResult();
    }
}

/// <summary>Hooks that end when the test says so.</summary>
internal sealed class ScriptedHooks : IHookRunner
{
    private TaskCompletionSource<HookResult>? _running;

    public List<string> Ran { get; } = [];

    public Task<HookResult> RunAsync(TrackKey track, string rollout, string hook, Hook command, ReleasePlan plan, CancellationToken cancel)
    {
        Ran.Add(hook);
        _running = new();
        return _running.Task;
    }

    public void End(bool succeeded) => _running!.SetResult(new(succeeded, succeeded ? "exit 0" : "exit 1", null));
}
