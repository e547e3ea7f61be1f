using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Ledger;
using Signalbox.Rollouts;
using Signalbox.Tests.Rollouts.Simulation;

namespace Signalbox.Tests.Rollouts.Promotions;

/// <summary>One application on its way from dev to staging to production, with a clock the test turns.</summary>
internal sealed class PathWorld : IDisposable
{
    public const string Dev = "dev", Staging = "staging", Production = "production";
    public static readonly string[] Environments = [Dev, Staging, Production];
    public static readonly Principal Alice = new("alice");

    private static readonly Strategy s_quick = Plans.Canary with { Steps = [new(Weight.Percent(50), TimeSpan.FromSeconds(2))], Bake = TimeSpan.FromSeconds(5), KeepWarm = TimeSpan.FromSeconds(10) };

    private readonly Dictionary<string, Behaviour> _behaviours = new(StringComparer.Ordinal);

    public PathWorld()
    {
        var random = new Random(1);
        Ledger = new(Time, random) { Written = entries => Written.AddRange(entries.Select(entry => (entry, Time.Now))) };
        Host = new(Time, random, release => _behaviours.GetValueOrDefault(release, Behaviour.Good));
        Engine = NewEngine();
    }

    public SimulatedTime Time { get; } = new();

    public SimulatedLedger Ledger { get; }

    /// <summary>Each entry and when it was written, by a clock that nobody sets.</summary>
    public List<(LedgerEntry Entry, DateTimeOffset At)> Written { get; } = [];

    public SimulatedHost Host { get; }

    public ScriptedGates Gates { get; } = new();

    public RolloutEngine Engine { get; private set; }

    public static TrackKey Key(string environment) => new("shop", environment);

    public TrackState? State(string environment) => Engine.Tracks.Select(track => track.State).FirstOrDefault(state => state.Key.Environment == environment);

    public string? Serves(string environment) => State(environment)?.Stable?.Release;

    public PromotionState Promotion(string environment) => Engine.Promotion(Key(environment))!;

    /// <summary>Releases go on by themselves into an environment, with these gates.</summary>
    public void After(string environment, double seconds, params IReadOnlyList<GateRule> rules) =>
        Gates.Policies[environment] = Policy.Default with { Gates = rules, Promote = new(TimeSpan.FromSeconds(seconds)) };

    public static GateRule NeedsApproval { get; } = new(GateTable.Approval, GateMode.Enforce, new Dictionary<string, IReadOnlyList<string>>());

    public string Release(Behaviour? behaviour = null, params IReadOnlyList<string> environments)
    {
        var named = (environments.Count > 0 ? environments : Environments).Select(name => Plans.Environment(s_quick, null, null, Plans.Web(port: 8080 + Array.IndexOf(Environments, name))) with { Name = name }).ToList();
        var release = Engine.CreateReleaseAsync("shop", null, Plans.Artifacts(Engine.Releases.Count, named[0]), named, Alice, default).GetAwaiter().GetResult();
        _behaviours[release.Id] = behaviour ?? Behaviour.Good;
        return release.Id;
    }

    public CommandResult Submit(string release, string environment) => Engine.SubmitAsync(Key(environment), release, Alice, null, default).GetAwaiter().GetResult();

    public CommandResult Rollback(string environment) => Engine.RollbackAsync(Key(environment), null, Alice, null, default).GetAwaiter().GetResult();

    public void Abort(string environment)
    {
        if (State(environment)?.Active is { } active) Engine.CommandAsync(active.Id, new Signal.Abort(Alice, null), default).GetAwaiter().GetResult();
    }

    /// <summary>Goes out and is waited for.</summary>
    public string Succeed(string environment, string? release = null)
    {
        var made = release ?? Release();
        var result = Submit(made, environment);
        Assert.True(result.Accepted, result.Refusal?.Message);
        return Until(world => world.Serves(environment) == made && world.State(environment)!.Active is null, made);
    }

    public T Until<T>(Func<PathWorld, bool> condition, T then, double seconds = 60)
    {
        for (var turn = 0; turn < seconds * 10 && !condition(this); turn++) Run(0.1);
        Assert.True(condition(this), $"after {seconds} s: {string.Join("; ", Environments.Select(name => $"{name} {Serves(name) ?? "-"} {State(name)?.Rollout?.Phase} {State(name)?.Rollout?.Reason}"))}");
        return then;
    }

    public void Run(double seconds)
    {
        for (var turn = 0; turn < seconds * 10; turn++)
        {
            Time.Advance(TimeSpan.FromMilliseconds(100));
            Host.Live(TimeSpan.FromMilliseconds(100));
            foreach (var track in Host.Tracks) Engine.Observe(track.Observe());
            Engine.StepAsync(default).GetAwaiter().GetResult();
        }
    }

    public void RestartEngine()
    {
        Engine.Dispose();
        Engine = NewEngine();
    }

    public IEnumerable<RolloutEvent> Events(string environment) =>
        Written.Where(written => written.Entry.Stream == Key(environment).ToString()).Select(written => RolloutEvents.FromEntry(written.Entry)).OfType<RolloutEvent>();

    public void Dispose() => Engine.Dispose();

    private RolloutEngine NewEngine()
    {
        var engine = new RolloutEngine(Ledger, Host, new ScriptedHooks(), Gates, new NoFailureLogs(), Time, new("test", 1, _ => "c2VjcmV0", TimeSpan.FromSeconds(10)) { Boot = "boot-1" });
        engine.TakeCharge();
        return engine;
    }
}
