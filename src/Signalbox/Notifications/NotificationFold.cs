using System.Globalization;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Rollouts;

namespace Signalbox.Notifications;

/// <summary>Tells which ledger entries people want to hear of. Fed every entry in order, from the first.</summary>
public sealed class NotificationFold
{
    private readonly Dictionary<string, Release> _releases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RolloutEvent.Started> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RolloutEvent.Queued> _queued = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GateDecided> _decided = new(StringComparer.Ordinal);

    /// <returns>Null where nobody wants to hear of it.</returns>
    public Notification? Apply(LedgerEntry entry)
    {
        if (RolloutEvents.ReleaseFrom(entry) is { } release) _releases[release.Id] = release;
        else if (GateEvents.FromEntry(entry) is { } decided) return Of(entry, decided);
        else if (RolloutEvents.FromEntry(entry) is { } happened) return Of(entry, happened);
        return null;
    }

    private Notification? Of(LedgerEntry entry, RolloutEvent happened)
    {
        if (happened is RolloutEvent.Queued queued) _queued[entry.Stream] = queued;
        if (happened is RolloutEvent.QueueDropped dropped) return Stopped(entry, dropped);
        if (happened is RolloutEvent.Started started) _running[entry.Stream] = started;
        if (!_running.TryGetValue(entry.Stream, out var running)) return null;
        var (id, goingBack) = (running.Rollout, running.Kind == RolloutKind.Rollback);
        return happened switch
        {
            RolloutEvent.Started => Make(entry, running, NotificationKind.Started,
                $"{running.Principal} began {id}: {running.Plan.Release}{(running.From is { } from ? $" over {from}" : "")}{(goingBack ? ", going back" : "")}{Because(running.Reason)}", $"watch it: signalbox watch {id}"),
            RolloutEvent.Paused paused => Make(entry, running, NotificationKind.Waiting, $"{id} is paused: {paused.Reason}", $"it waits for {paused.WaitingFor.Text()}"),
            RolloutEvent.Halted halted => Make(entry, running, NotificationKind.Waiting, $"{id} has halted: {halted.Reason}", $"it waits for {halted.WaitingFor.Text()}"),
            RolloutEvent.Ended { Outcome: Phase.Succeeded } => Make(entry, running, NotificationKind.Succeeded, $"{id} succeeded: {running.Plan.Release} has all traffic", "nothing is to be done"),
            RolloutEvent.Ended { Outcome: Phase.RolledBack } ended => Make(entry, running, NotificationKind.RolledBack,
                $"{id} was taken back{Because(ended.Reason)}; {running.From ?? "nothing"} serves", $"find out why: signalbox rollouts show {id}"),
            RolloutEvent.Ended ended => Make(entry, running, NotificationKind.Failed, $"{id} failed{Because(ended.Reason)}", $"see what serves, and why: signalbox status; signalbox rollouts show {id}"),
            _ => null,
        };
    }

    /// <summary>A rollout that waited, and that the gates did not let begin when its turn came: nobody asked for that, and nothing else would tell.</summary>
    private Notification? Stopped(LedgerEntry entry, RolloutEvent.QueueDropped dropped) =>
        dropped.Principal == Principal.Engine && _queued.GetValueOrDefault(entry.Stream) is { } queued && queued.Rollout == dropped.Rollout
            && _decided.GetValueOrDefault(entry.Stream) is { Verdict: not GateVerdict.Allow } decided && decided.Release == queued.Plan.Release
            ? Make(entry, queued.Rollout, queued.Plan.Release, NotificationKind.Failed, $"{queued.Rollout} was not begun: {dropped.Reason}", $"see what it lacks: signalbox gates explain {queued.Plan.Release}")
            : null;

    /// <summary>A refusal that only a person's approval can lift.</summary>
    private Notification? Of(LedgerEntry entry, GateDecided decided)
    {
        _decided[entry.Stream] = decided;
        var stops = decided.Results.Where(result => result.Stops).ToList();
        if (decided.Verdict != GateVerdict.Deny || stops.Count == 0 || stops.Any(result => result.Gate != GateTable.Approval)) return null;
        var key = TrackKey.Parse(entry.Stream);
        return new(IdOf(entry), entry.Sequence, NotificationKind.Waiting, decided.At, key.Application, key.Environment, null, decided.Release,
            $"{decided.Release} waits for an approval before it may go into {key.Environment}", $"signalbox approve {decided.Release} --env {key.Environment}", stops[0].HandTo ?? Handover.Security, entry.Principal.Name);
    }

    private Notification Make(LedgerEntry entry, RolloutEvent.Started running, NotificationKind kind, string what, string todo) =>
        Make(entry, running.Rollout, running.Plan.Release, kind, what, todo);

    private Notification Make(LedgerEntry entry, string rollout, string release, NotificationKind kind, string what, string todo)
    {
        var key = TrackKey.Parse(entry.Stream);
        var owner = _releases.GetValueOrDefault(release)?.Owners?.GetValueOrDefault(Handover.Devops);
        return new(IdOf(entry), entry.Sequence, kind, entry.At, key.Application, key.Environment, rollout, release,
            what, todo, owner is null ? Handover.Devops : $"{Handover.Devops} ({owner})", entry.Principal.Name);
    }

    /// <summary>The entry's place and hash: another installation's entry at that place has another.</summary>
    private static string IdOf(LedgerEntry entry) => string.Create(CultureInfo.InvariantCulture, $"sbx-{entry.Sequence}-{entry.Hash[..16]}");

    private static string Because(string? reason) => reason is null ? "" : $": {reason}";
}
