using System.Runtime.CompilerServices;
using System.Text;
using Signalbox.Analysis;
using Signalbox.Delivery;
using Signalbox.Ledger;
using Signalbox.Rollouts;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Tests.Rollouts;

/// <summary>
/// C# cannot prove the machine's switch total, so this prints what every phase does with every signal into
/// docs/spec/rollout-matrix.md. SIGNALBOX_ACCEPT=1 rewrites the file; the diff is reviewed.
/// </summary>
public sealed class RolloutMatrixTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Principal s_person = new("person");
    private static readonly Hook s_hook = new(["migrate"], TimeSpan.FromSeconds(60), true);

    [Fact]
    public void Matrix_EveryPhaseAndSignal_StandsInTheDocs()
    {
        var path = Path.Combine(Root(), "docs", "spec", "rollout-matrix.md");
        var printed = Print();
        if (Environment.GetEnvironmentVariable("SIGNALBOX_ACCEPT") == "1") File.WriteAllText(path, printed);
        Assert.Equal(File.ReadAllText(path), printed);
    }

    private static string Print()
    {
        var signals = Signals().ToList();
        var text = new StringBuilder("# Phase by signal\n\nPrinted by a test from the machine itself: the events that each signal leads to in each phase, `–` for none, `refused` where a person is told why not.\n\n");
        text.Append("| signal | ").AppendJoin(" | ", States().Select(state => state.Name)).Append(" |\n|---").Insert(text.Length, "|---", States().Count).Append("|\n");
        foreach (var (name, signal) in signals)
            text.Append("| ").Append(name).Append(" | ").AppendJoin(" | ", States().Select(state => Cell(state.State, signal))).Append(" |\n");
        return text.ToString();
    }

    private static string Cell(TrackState state, Func<TrackState, Signal> signal)
    {
        var decision = RolloutMachine.Decide(state, signal(state), s_start + TimeSpan.FromSeconds(20));
        if (decision.Refusal is not null) return "refused";
        return decision.Events.Count == 0 ? "–" : string.Join(", ", decision.Events.Select(happened => happened.GetType().Name));
    }

    private static IEnumerable<(string, Func<TrackState, Signal>)> Signals()
    {
        yield return ("submit a new release", _ => new Signal.Submit(Plans.Plan(9), RolloutKind.Deploy, s_person, null));
        yield return ("advance", _ => new Signal.Advance(s_person, null));
        yield return ("pause", _ => new Signal.Pause(s_person, null));
        yield return ("resume", _ => new Signal.Resume(s_person, null));
        yield return ("abort", _ => new Signal.Abort(s_person, null));
        yield return ("host: all ready, no evidence yet", state => Seen(state, 1, 1, Verdict.Inconclusive));
        yield return ("host: all ready, evidence passes", state => Seen(state, 1, 1, Verdict.Pass));
        yield return ("host: canary not ready", state => Seen(state, 1, 0, Verdict.NoData));
        yield return ("host: stable not ready", state => Seen(state, 0, 1, Verdict.Inconclusive));
        yield return ("host: judged bad", state => Seen(state, 1, 1, Verdict.Fail));
        yield return ("host: fell, lease ran out", state => Fallen(state, LatchReason.Lease, false));
        yield return ("host: held, lease ran out", state => Fallen(state, LatchReason.Lease, true));
        yield return ("host: fell, operator", state => Fallen(state, LatchReason.Operator, false));
        yield return ("host: table refused", _ => new Signal.Refused(PutResult.CannotListen, "port 8080 is in use"));
        yield return ("hook succeeded", state => new Signal.HookFinished(HookOf(state), true, "exit 0", null));
        yield return ("hook failed", state => new Signal.HookFinished(HookOf(state), false, "exit 1", null));
        yield return ("hook interrupted", state => new Signal.HookInterrupted(HookOf(state)));
        yield return ("time, host not reachable, deadline passed", _ => new Signal.Tick());
    }

    private static string HookOf(TrackState state) => state.Active?.Phase.HookName() ?? "pre";

    private static List<(string Name, TrackState State)> States()
    {
        var idle = Serving();
        var starting = Then(idle, Started(Plans.Plan(2, Configured())), Capacity(Weight.Percent(10)));
        var progressing = Then(starting, Step(0));
        var previews = Then(idle, Started(Plans.Plan(2, Plans.Environment(Plans.BlueGreen with { ProgressDeadline = TimeSpan.FromSeconds(15), BlueGreen = Plans.BlueGreen.BlueGreen! with { Check = s_hook, Pause = TimeSpan.FromSeconds(30) } }))), Capacity(Weight.All) with { Previews = true });
        var rolling = Then(Rolled(), new RolloutEvent.StableReduced(Principal.Engine, s_start, Weight.Percent(50)));
        var baking = Then(progressing, new RolloutEvent.TookOver(Principal.Engine, s_start, Empty));
        return
        [
            ("Idle", idle),
            ("Hook due", Then(idle, Started(Plans.Plan(2, Configured(s_hook))), new RolloutEvent.HookRequested(Principal.Engine, s_start, "pre", true))),
            ("PreHook", Then(idle, Started(Plans.Plan(2, Configured(s_hook))), new RolloutEvent.HookStarted(Principal.Engine, s_start, "pre", true))),
            ("Stopping", Then(idle, Started(Plans.Plan(2, Plans.Environment(Short with { Kind = StrategyKind.Recreate }))), new RolloutEvent.StopRequested(Principal.Engine, s_start))),
            ("Starting", starting),
            ("Checking", Then(previews, new RolloutEvent.HookStarted(Principal.Engine, s_start, "check", true))),
            ("Previewing", Then(previews, new RolloutEvent.PreviewBegan(Principal.Engine, s_start))),
            ("Progressing", progressing),
            ("Progressing, stable reduced", rolling),
            ("Paused", Then(progressing, new RolloutEvent.Paused(s_person, s_start, "paused by person", WaitingFor.Resume))),
            ("Promoting", Then(progressing, Capacity(Weight.All))),
            ("Baking", baking),
            ("PostHook", Then(baking, new RolloutEvent.HookStarted(Principal.Engine, s_start, "post", true))),
            ("Aborting", Then(progressing, new RolloutEvent.AbortStarted(s_person, s_start, "aborted", Phase.RolledBack, null, null))),
            ("Aborting, stable reduced", Then(rolling, new RolloutEvent.AbortStarted(s_person, s_start, "aborted", Phase.RolledBack, null, null))),
            ("Halted", Then(Then(idle, Started(Plans.Plan(2, Configured())), new RolloutEvent.HookStarted(Principal.Engine, s_start, "pre", false), Capacity(Weight.Percent(10)), Step(0)), new RolloutEvent.Halted(Principal.Engine, s_start, "irreversible", WaitingFor.Advance, null))),
        ];
    }

    private static readonly Dictionary<string, JudgeReport> Empty = [];

    private static Strategy Short => Plans.Canary with { ProgressDeadline = TimeSpan.FromSeconds(15), Bake = TimeSpan.FromSeconds(15) };

    private static EnvironmentConfiguration Configured(Hook? pre = null) => Plans.Environment(Short, pre, null);

    private static RolloutEvent.Started Started(ReleasePlan plan) => new(s_person, s_start, "shop-production-2", plan, RolloutKind.Deploy, "shop-1", null);

    private static RolloutEvent.CapacityRequested Capacity(Weight weight) => new(Principal.Engine, s_start, weight, null);

    private static RolloutEvent.StepReached Step(int step) => new(Principal.Engine, s_start, step, Weight.Percent(10), 0, Empty);

    /// <summary>Two instances, of which the first has moved.</summary>
    private static TrackState Rolled()
    {
        var configuration = Plans.Environment(Plans.Rolling with { ProgressDeadline = TimeSpan.FromSeconds(15), Rolling = new(1, null, 1, TimeSpan.FromSeconds(30)) }, services: Plans.Web(instances: 2));
        return Then(Serving(configuration), Started(Plans.Plan(2, configuration)), Capacity(Weight.Percent(50)), Step(0) with { Weight = Weight.Percent(50) });
    }

    private static TrackState Serving(EnvironmentConfiguration? configuration = null) => Then(
        TrackState.New(new("shop", "production")),
        new RolloutEvent.Started(s_person, s_start, "shop-production-1", Plans.Plan(1, configuration), RolloutKind.Deploy, null, null),
        Capacity(Weight.All), new RolloutEvent.TookOver(Principal.Engine, s_start, Empty), new RolloutEvent.Ended(Principal.Engine, s_start, Phase.Succeeded, null));

    private static TrackState Then(TrackState state, params RolloutEvent[] events) =>
        events.Aggregate(state, (current, happened) => RolloutMachine.Apply(current, happened, current.Generation + 1));

    private static Signal.Observed Seen(TrackState state, int stableReady, int canaryReady, Verdict verdict, Latch? latch = null)
    {
        var table = RolloutMachine.Desired(state, 1, _ => "");
        var report = new JudgeReport(verdict, 1, 0, 6.9, 0, 3, 100, 0, 900, 0, 1, "test", null, "", $"{verdict}");
        return new(new(table.Track, 1, table.Generation, table.Rollout, latch, [.. table.Services.Select(service => new ServiceObservation(
            service.Service,
            [.. service.Arms.Select(arm => new ArmObservation(arm.Revision, arm.Instances, arm.Instances, Math.Min(arm.Instances, arm.Revision == service.Stable ? stableReady : canaryReady), Carried(table, service, arm, stableReady), 0, 0, 0, 0, null))],
            service.Judge is null ? null : report, null))]));
    }

    private static Weight Carried(DeclaredTable table, ServiceTable service, ArmTable arm, int stableReady) =>
        !table.Falling || stableReady == 0 ? arm.Weight : arm.Revision == service.Stable ? Weight.All : Weight.Zero;

    private static Signal.Observed Fallen(TrackState state, LatchReason reason, bool held) =>
        Seen(state, 1, 1, Verdict.Inconclusive, new(7, reason, "the lease ran out", s_start, state.Generation, held, null, reason == LatchReason.Operator ? "person" : null));

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));
}
