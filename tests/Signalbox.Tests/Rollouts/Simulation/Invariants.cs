using Signalbox.Delivery;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Rollouts;
using Signalbox.Runtimes.Protocol;

namespace Signalbox.Tests.Rollouts.Simulation;

internal sealed class InvariantBroken(string message) : Exception(message);

/// <summary>What must hold, per track, whatever the world does (docs/spec/rollout.md, Simulation).</summary>
internal sealed class Invariants(LedgerReplica replica, SimulatedTime time)
{
    private readonly Dictionary<string, TimeSpan> _clocks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _hooks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GateDecided> _decided = new(StringComparer.Ordinal);

    /// <summary>Nothing raises a weight that is not in the ledger: a table says what the ledger up to its generation desires.</summary>
    public void CheckTable(DeclaredTable table)
    {
        if (replica.At(table.Track, table.Generation) is not { } state) throw Broken(table.Track, $"the host got generation {table.Generation}, which no event of the ledger has");
        var desired = RolloutMachine.Desired(state, table.Epoch, _ => SimulatedProcess.SplitSecret);
        if (!SimulatedTables.Bytes(desired).AsSpan().SequenceEqual(SimulatedTables.Bytes(table)))
            throw Broken(table.Track, $"the table of generation {table.Generation} is not what the ledger desires");
        foreach (var service in table.Services.Where(service => service.Arms.Count > 0))
            if (service.Arms.Sum(arm => arm.Weight.BasisPoints) is not (0 or Weight.Full) and var sum) throw Broken(table.Track, $"weights of {service.Service} add up to {sum}");
        CheckFailSafe(table, state);
        CheckRolling(table, state);
        CheckPreview(table, state);
        CheckListen(table, state);
        CheckKinds(table, state);
    }

    /// <summary>Every release runs as what it is itself, whatever the one that goes out makes of the name; and one cron at a time.</summary>
    private static void CheckKinds(DeclaredTable table, TrackState state)
    {
        var plans = new[] { state.Stable, state.Active?.Plan, state.Warm }.OfType<ReleasePlan>().ToList();
        foreach (var service in table.Services)
        {
            foreach (var arm in service.Arms)
            {
                var own = plans.First(plan => plan.Release == arm.Revision).Configuration.Services.Single(known => known.Name == service.Service);
                if ((arm.Kind ?? service.Kind) is var kind && kind != own.Kind) throw Broken(table.Track, $"{service.Service} of {arm.Revision} is a {own.Kind} and runs as a {kind} in {state.Active?.Phase}");
                if (own.Kind == ServiceKind.Cron && (arm.Schedule ?? service.Schedule) != own.Schedule) throw Broken(table.Track, $"{service.Service} of {arm.Revision} runs at {arm.Schedule ?? service.Schedule}, not at {own.Schedule}");
            }
            if (service.Arms.Count(arm => (arm.Kind ?? service.Kind) == ServiceKind.Cron && arm.Instances > 0) > 1) throw Broken(table.Track, $"two releases run {service.Service} by their schedules");
        }
    }

    /// <summary>No two services have one address, and who serves is reached where clients know it: at stable's addresses until the new release took over, and again once it is taken back.</summary>
    private static void CheckListen(DeclaredTable table, TrackState state)
    {
        var addresses = table.Services.SelectMany(service => new[] { service.Listen, service.NextListen }).OfType<ListenAddress>().ToList();
        if (addresses.GroupBy(address => address).FirstOrDefault(same => same.Count() > 1) is { } twice) throw Broken(table.Track, $"two services listen at {twice.Key} in {state.Active?.Phase}");
        if (state is not { Active: { } rollout, Stable: { } stable } || (rollout.TookOverAt is not null && !rollout.IsFalling)) return;
        foreach (var service in stable.Configuration.Services)
            if (table.Services.Single(known => known.Service == service.Name).Listen is var listen && !Equals(listen, service.Listen))
                throw Broken(table.Track, $"{service.Name} of {stable.Release} is served at {listen}, not at {service.Listen}, in {rollout.Phase}");
    }

    /// <summary>Blue/green: the new release is seen alone before it has traffic, in full and without its workers; one that switches gets all or nothing.</summary>
    private static void CheckPreview(DeclaredTable table, TrackState state)
    {
        foreach (var service in table.Services)
            if (service.Preview is { } preview && (state.Active is not { IsBlueGreen: true } rollout || preview.Revision != rollout.Release || rollout.Weight > Weight.Zero))
                throw Broken(table.Track, $"{preview.Revision} of {service.Service} is seen at {preview.Listen} in {state.Active?.Phase}");
        if (state.Active is not { IsBlueGreen: true, Previews: true } previews) return;
        foreach (var service in previews.Plan.Configuration.Services.Where(service => service.Kind != ServiceKind.Web))
            if (table.Services.Single(known => known.Service == service.Name).Arms.Any(arm => arm.Revision == previews.Release && arm.Instances > 0)) throw Broken(table.Track, "a worker runs before the switch");
    }

    /// <summary>Fail-safe is stable alone wherever the machine may go back and stable runs in full; what it carries, where a rolling rollout has reduced it.</summary>
    private static void CheckFailSafe(DeclaredTable table, TrackState state)
    {
        var rollout = state.Active;
        var mayFall = rollout is { From: not null, CannotGoBack: false } && rollout.Strategy.Kind != StrategyKind.Recreate
            && state.Stable!.Configuration.Services.All(service => service.Data == DataMode.Shared) && rollout.DueHook is null or { Reversible: true };
        var full = state.Stable is not { } stable || table.Services.All(service => IsFull(service, stable));
        var rolls = rollout is { IsRolling: true, Steps.Count: > 0, IsFalling: true };
        var expected = rolls || (mayFall && !full) ? FailSafeMode.Capacity : mayFall && rollout!.Kind == RolloutKind.Deploy ? FailSafeMode.Stable : FailSafeMode.Hold;
        if (table.FailSafe != expected) throw Broken(table.Track, $"fail-safe is {table.FailSafe}, not {expected}, in {rollout?.Phase}");
    }

    private static bool IsFull(ServiceTable service, ReleasePlan stable) => service.Stable is null
        || stable.Configuration.Services.Single(known => known.Name == service.Service).Kind != ServiceKind.Web
        || service.Arms.Single(arm => arm.Revision == stable.Release).Instances >= stable.Configuration.Services.Single(known => known.Name == service.Service).Instances;

    /// <summary>
    /// Rolling: both releases together are asked for no more than the full number and surge, and for no less than carries all; no
    /// arm has more than its instances carry.
    /// </summary>
    private static void CheckRolling(DeclaredTable table, TrackState state)
    {
        if (state is not { Active: { IsRolling: true, Steps.Count: > 0 } rollout, Stable: { } stable }) return;
        foreach (var service in rollout.Plan.Configuration.Services.Where(service => service.Kind != ServiceKind.Cron))
        {
            if (stable.Configuration.Services.FirstOrDefault(known => known.Name == service.Name) is not { } before) continue;
            if (before.Kind != service.Kind)
            {
                CheckKept(table, before, stable, rollout);
                continue;
            }
            var arms = table.Services.Single(known => known.Service == service.Name).Arms;
            var (now, then) = (arms.Single(arm => arm.Revision == rollout.Release), arms.Single(arm => arm.Revision == stable.Release));
            if (now.Instances + then.Instances > Math.Max(service.Instances, before.Instances) + rollout.Strategy.Rolling!.Surge)
                throw Broken(table.Track, $"{now.Instances} and {then.Instances} instances of {service.Name} are asked for");
            if (service.Kind != ServiceKind.Web) continue;
            var (carriedNow, carriedThen) = (Weight.Full * now.Instances / service.Instances, ((Weight.Full * then.Instances) + before.Instances - 1) / before.Instances);
            if (carriedNow + carriedThen + 1 < Weight.Full) throw Broken(table.Track, $"{now.Instances} and {then.Instances} instances of {service.Name} do not carry all");
            if (now.Weight.BasisPoints > carriedNow || (!rollout.IsFalling && then.Weight.BasisPoints > carriedThen + 1)) throw Broken(table.Track, $"{service.Name} has {now.Weight} and {then.Weight} for {now.Instances} and {then.Instances} instances");
        }
    }

    /// <summary>Rolling: what is of another kind in the next release is replaced by nothing, and runs in full until that one took over.</summary>
    private static void CheckKept(DeclaredTable table, ServiceConfiguration before, ReleasePlan stable, RolloutState rollout)
    {
        if (before.Kind != ServiceKind.Web || rollout.TookOverAt is not null) return;
        var kept = table.Services.Single(known => known.Service == before.Name).Arms.Single(arm => arm.Revision == stable.Release).Instances;
        if (kept < before.Instances) throw Broken(table.Track, $"{kept} instances of {before.Name} of {stable.Release} are left in {rollout.Phase}, and nothing takes their place");
    }

    /// <summary>Once the host has a table: what runs by it, unless the host's own disk went back to an older one.</summary>
    public void CheckTaken(SimulatedTrack track)
    {
        CheckExclusive(track);
        CheckRoom(track);
    }

    /// <summary>Rolling forward: the next instances start when those that gave way are gone. On the way back nobody waits for a drain, and a next rollout finds what still drains.</summary>
    private void CheckRoom(SimulatedTrack track)
    {
        if (track.WentBack || replica.At(track.Key, track.Table!.Generation) is not { Active: { IsRolling: true, IsFalling: false, Falls: 0, Forced: false, Step: >= 0, Steps.Count: > 0 } rollout, Stable: { } stable }) return;
        foreach (var service in rollout.Plan.Configuration.Services.Where(service => service.Kind != ServiceKind.Cron))
        {
            if (stable.Configuration.Services.FirstOrDefault(known => known.Name == service.Name) is not { } before || before.Kind != service.Kind) continue;
            var (old, asked) = (track.Running(service.Name, stable.Release), track.Table.Services.Single(known => known.Service == service.Name).Arms.Single(arm => arm.Revision == rollout.Release).Instances);
            if (old + asked > Math.Max(service.Instances, before.Instances) + rollout.Strategy.Rolling!.Surge) throw Broken(track.Key, $"{old} old instances of {service.Name} run and {asked} new ones are asked for in {rollout.Phase}");
        }
    }

    /// <summary>Recreate: neither release is to run while the other does.</summary>
    private void CheckExclusive(SimulatedTrack track)
    {
        if (track.WentBack || replica.At(track.Key, track.Table!.Generation) is not { Active: { IsRecreate: true } rollout, Stable: { } stable }) return;
        foreach (var service in track.Table.Services)
        {
            // before the old one was asked to stop, the new one may only be leaving: it was warm until now
            if ((rollout.StopGeneration > 0 && track.Overlap(service.Service, stable.Release, rollout.Release)) || track.Overlap(service.Service, rollout.Release, stable.Release))
                throw Broken(track.Key, $"both {stable.Release} and {rollout.Release} of {service.Service} run in {rollout.Phase}");
            if (track.OthersRun(service.Service, stable.Release, rollout.Release)) throw Broken(track.Key, $"what was warm of {service.Service} still runs in {rollout.Phase} beside {rollout.Release}");
        }
    }

    public void CheckEntry(LedgerEntry entry, SimulatedProcess process, SimulatedTrack? host)
    {
        if (GateEvents.FromEntry(entry) is { } decided) _decided[entry.Stream] = decided;
        if (RolloutEvents.FromEntry(entry) is not { } happened) return;
        CheckLetIn(entry.Stream, happened);
        CheckHook(entry.Stream, happened);
        var before = replica.Before(entry.Stream, entry.Sequence);
        CheckClock(before, happened);
        var seen = process.Seen(entry.Stream);
        if (seen is not null && seen.Generation < process.Told(entry.Stream))
            throw Broken(entry.Stream, $"it decides on a report of generation {seen.Generation}, though the host answered with {process.Told(entry.Stream)}");
        switch (happened)
        {
            case RolloutEvent.StepReached step:
                CheckCapacity(before, seen, step.Weight);
                break;
            case RolloutEvent.TookOver:
                CheckCapacity(before, seen, Weight.All);
                break;
            case RolloutEvent.StableReduced reduced:
                CheckCapacity(before, seen, reduced.Weight);
                if (reduced.Weight > before.Active!.Weight) throw Broken(entry.Stream, $"stable is reduced by {reduced.Weight} and the new release has {before.Active.Weight}");
                break;
            case RolloutEvent.SteppedBack back when back.Weight >= before.Active!.Weight || before.Active.Phase != Phase.Aborting:
                throw Broken(entry.Stream, $"it steps back from {before.Active.Weight} to {back.Weight} in {before.Active.Phase}");
            case RolloutEvent.HookStarted { Reversible: false } when host is not { WentBack: true } and not { Table.FailSafe: FailSafeMode.Hold }:
                throw Broken(entry.Stream, "an irreversible hook starts while the host would fall to stable");
            case RolloutEvent.Started when before.Active is { } other:
                throw Broken(entry.Stream, $"a second rollout began while {other.Id} was {other.Phase}");
            case RolloutEvent.Ended { Outcome: Phase.Failed }:
                CheckGivenUp(before, seen);
                break;
            case RolloutEvent.Ended { Outcome: Phase.RolledBack }:
                CheckAborted(before, seen);
                break;
            case RolloutEvent.Ended when before.Active is not { Phase: Phase.Baking or Phase.PostHook or Phase.Halted }:
                throw Broken(entry.Stream, $"it succeeded out of {before.Active?.Phase}");
        }
    }

    /// <summary>A hook that ran has its end in the ledger before whatever follows of it.</summary>
    private void CheckHook(string track, RolloutEvent happened)
    {
        if (happened is RolloutEvent.HookStarted started) _hooks[track] = started.Hook;
        else if (happened is RolloutEvent.HookEnded) _hooks.Remove(track);
        else if (happened is RolloutEvent.AbortStarted or RolloutEvent.Halted or RolloutEvent.Fell or RolloutEvent.Ended && _hooks.TryGetValue(track, out var hook))
            throw Broken(track, $"the {hook} hook has no end, and {happened.GetType().Name} follows");
    }

    /// <summary>No release is submitted or begins to go out without a decision of its own, before it in the ledger, that allows this very release.</summary>
    private void CheckLetIn(string track, RolloutEvent happened)
    {
        var plan = happened switch
        {
            RolloutEvent.Queued { Kind: RolloutKind.Deploy } queued => queued.Plan,
            RolloutEvent.Started { Kind: RolloutKind.Deploy } started => started.Plan,
            _ => null,
        };
        if (plan is null) return;
        if (!_decided.Remove(track, out var decided) || decided.Verdict != GateVerdict.Allow)
            throw Broken(track, $"{plan.Release} goes out though the gates said {decided?.Verdict.ToString() ?? "nothing"}");
        if (decided.Release != plan.Release || decided.Configuration != ConfigurationDigest.Of(plan.Configuration))
            throw Broken(track, $"{plan.Release} goes out by a decision about {decided.Release} or about another configuration");
    }

    /// <summary>However the wall clock is set, and whatever becomes of the append that says so: a track's times move along once.</summary>
    private void CheckClock(TrackState before, RolloutEvent happened)
    {
        var track = before.Key.ToString();
        var ahead = happened.At - time.Now;
        var measures = before is { Active: not null } or { Warm: not null } or { Queued: not null };
        var expected = happened is RolloutEvent.ClockStepped stepped ? _clocks.GetValueOrDefault(track) + stepped.By : _clocks.GetValueOrDefault(track);
        if (measures && (ahead - expected).Duration() > EngineClock.SmallestStep)
            throw Broken(track, $"its times are {expected} ahead of the world, and {happened.GetType().Name} is {ahead} ahead");
        _clocks[track] = ahead;
    }

    /// <summary>A weight never exceeds ready capacity, as far as anyone could see.</summary>
    private static void CheckCapacity(TrackState before, TrackObservation? seen, Weight weight)
    {
        var track = before.Key.ToString();
        var rollout = before.Active ?? throw Broken(track, "a weight was raised without a rollout");
        if (seen is null) throw Broken(track, "a weight was raised while the host could not be asked");
        if (seen.Latch is { } latch && latch.Id != before.AcknowledgedLatch) throw Broken(track, $"a weight was raised under latch {latch.Id}");
        foreach (var service in rollout.Plan.Configuration.Services.Where(service => service.Kind == ServiceKind.Web || (service.Kind == ServiceKind.Worker && (weight == Weight.All || rollout.IsRolling))))
        {
            var ready = seen.Services.FirstOrDefault(shown => shown.Service == service.Name)?.Arms.FirstOrDefault(arm => arm.Revision == rollout.Release)?.Ready ?? 0;
            if (ready * (double)Weight.Full < weight.BasisPoints * service.Instances - 1e-6)
                throw Broken(track, $"{service.Name} got {weight} with {ready} of {service.Instances} instances ready");
        }
    }

    /// <summary>Abort ends at canary 0 with stable serving.</summary>
    private static void CheckAborted(TrackState before, TrackObservation? seen)
    {
        var track = before.Key.ToString();
        if (before.Active is not { } rollout || seen is null) throw Broken(track, "an abort ended that nobody saw");
        foreach (var service in seen.Services)
        {
            // of a service that stable does not have, nothing goes back
            if (before.Stable?.Configuration.Services.All(known => known.Name != service.Service) ?? true) continue;
            if (service.Arms.FirstOrDefault(arm => arm.Revision == rollout.Release && arm.Revision != before.Stable.Release) is { } canary && canary.Weight > Weight.Zero)
                throw Broken(track, $"{rollout.Id} ended taken back with {canary.Weight} on the canary");
            if (Web(before.Stable).Contains(service.Service) && !service.Arms.Any(arm => arm.Revision == before.Stable.Release && arm.Ready > 0))
                throw Broken(track, $"{rollout.Id} ended taken back without a ready stable {service.Service}");
        }
    }

    /// <summary>Given up only where nothing serves and a newer release waits.</summary>
    private static void CheckGivenUp(TrackState before, TrackObservation? seen)
    {
        var track = before.Key.ToString();
        if (before is not { Active: { } rollout, Queued: not null } || seen is null) throw Broken(track, "a rollout was given up and nothing waits");
        foreach (var plan in new[] { rollout.Plan, before.Stable }.OfType<ReleasePlan>())
            if (Web(plan).SelectMany(name => seen.Services.Where(shown => shown.Service == name)).SelectMany(shown => shown.Arms).FirstOrDefault(arm => arm.Revision == plan.Release && arm.Ready > 0) is { } ready)
                throw Broken(track, $"a rollout was given up while {ready.Revision} has ready instances");
    }

    private static IEnumerable<string> Web(ReleasePlan plan) =>
        plan.Configuration.Services.Where(service => service.Kind == ServiceKind.Web).Select(service => service.Name);

    private static InvariantBroken Broken(string track, string what) => new($"{track}: {what}");
}
