using Signalbox.Delivery;
using Signalbox.Ledger;

namespace Signalbox.Rollouts;

/// <summary>The engine's side towards the ledger: replay, appends, and the clock that its times are by.</summary>
public sealed partial class RolloutEngine
{
    private LedgerHead _head = LedgerHead.Empty;
    private IReadOnlyList<NewEntry>? _unsettled;
    private ClockAnchor? _anchor;
    private DateTimeOffset _newest;

    /// <summary>Takes charge: from here on older control planes are refused by the host.</summary>
    /// <exception cref="IOException">The ledger cannot be written.</exception>
    public void TakeCharge()
    {
        var step = _clock.StepSince(_anchor, _newest);
        var moved = Moved(step, _clock.Now);
        var entries = Append([RolloutEvents.Started(new(_options.Version, _options.ProcessId, _clock.Anchor)), .. moved.Select(ToEntry)]);
        Epoch = entries[0].Sequence;
        for (var i = 0; i < moved.Count; i++) Happened(moved[i].Track, moved[i].Event, entries[i + 1].Sequence);
    }

    private void Replay()
    {
        for (long after = 0; ;)
        {
            var entries = _ledger.Read(after, 1000);
            if (entries.Count == 0) return;
            foreach (var entry in entries) ReplayEntry(entry);
            after = entries[^1].Sequence;
            _head = new(after, entries[^1].Hash);
            _newest = entries[^1].At;
        }
    }

    private void ReplayEntry(LedgerEntry entry)
    {
        if (RolloutEvents.ReleaseFrom(entry) is { } release) Know(release, entry.Principal);
        else if (RolloutEvents.AnchorFrom(entry) is { } anchor) _anchor = anchor;
        else if (RolloutEvents.FromEntry(entry) is { } happened) ApplyTo(Track(TrackKey.Parse(entry.Stream)), happened, entry.Sequence);
    }

    private void ApplyTo(EngineTrack track, RolloutEvent happened, long sequence)
    {
        var before = track.State;
        track.State = RolloutMachine.Apply(before, happened, sequence);
        _standings.Apply(before, track.State, happened);
        if (happened is RolloutEvent.Judged judged) track.Judged = judged.Report;
        if (happened is RolloutEvent.QueueDropped dropped && before.Queued is not null) Keep(TrackViews.Withdrawn(before, dropped));
        if (happened is not RolloutEvent.Ended || track.State.Rollout is not { } ended) return;
        Keep(TrackViews.Rollout(track.Key, ended, null, _ => []) with { Decision = track.Judged });
        track.Judged = null;
    }

    private void Keep(Api.RolloutView ended)
    {
        _ends.Keep(ended);
        lock (_ended)
        {
            _ended.Enqueue(ended);
            if (_ended.Count > EndedKept) _ended.Dequeue();
        }
    }

    /// <param name="said">What the gates decided: in the ledger before what it allows, or not at all.</param>
    private void Record(EngineTrack track, IReadOnlyList<RolloutEvent> events, IReadOnlyList<NewEntry> said)
    {
        var entries = Append([.. said, .. events.Select(happened => RolloutEvents.ToEntry(track.Key, happened))]);
        for (var i = 0; i < events.Count; i++) Happened(track, events[i], entries[said.Count + i].Sequence);
    }

    private void Happened(EngineTrack track, RolloutEvent happened, long sequence)
    {
        KeepFailureLog(track, happened);
        ApplyTo(track, happened, sequence);
        if (happened is RolloutEvent.HookStarted hook) StartHook(track, hook);
    }

    private IReadOnlyList<LedgerEntry> Append(IReadOnlyList<NewEntry> entries)
    {
        if (_unsettled is not null) throw new IOException(LedgerProblem ?? "it is not known yet whether the last append was written");
        _unsettled = entries;
        try
        {
            return Acknowledge(_ledger.Append(_head, entries));
        }
        catch (LedgerConflictException conflict)
        {
            _unsettled = null;
            Deposed = $"another control plane writes this ledger: {conflict.Message}";
            throw new IOException(Deposed, conflict);
        }
        catch (IOException error)
        {
            if (Written(entries, error) is not { } written) throw;
            return Acknowledge(written);
        }
    }

    private IReadOnlyList<LedgerEntry> Acknowledge(IReadOnlyList<LedgerEntry> appended)
    {
        _head = new(appended[^1].Sequence, appended[^1].Hash);
        (_unsettled, LedgerProblem) = (null, null);
        foreach (var entry in appended) Appended?.Invoke(entry);
        return appended;
    }

    /// <summary>An append that failed may be in the ledger all the same: the disk can fail after the commit.</summary>
    /// <returns>What was written; null where nothing was.</returns>
    /// <exception cref="IOException">That cannot be read now: the next turn settles it.</exception>
    private IReadOnlyList<LedgerEntry>? Written(IReadOnlyList<NewEntry> entries, IOException error)
    {
        try
        {
            var found = _ledger.Read(_head.Sequence, entries.Count + 1);
            if (AreSame(found, entries)) return found;
            if (found.Count == 0) _unsettled = null;
        }
        catch (IOException)
        {
            LedgerProblem = $"{error.Message}; whether it was written is not known until the ledger can be read";
            throw new IOException(LedgerProblem, error);
        }
        return null;
    }

    /// <summary>Finds out what became of an append whose answer was lost, and takes in what is in the ledger.</summary>
    private void Settle()
    {
        if (_unsettled is not { } sent) return;
        try
        {
            var found = _ledger.Read(_head.Sequence, sent.Count + 1);
            if (found.Count > 0 && !AreSame(found, sent))
            {
                Deposed = $"another control plane writes this ledger: entry {found[0].Sequence} is not from this one";
                return;
            }
            _unsettled = null;
            if (found.Count > 0) TakeIn(Acknowledge(found));
        }
        catch (IOException error)
        {
            LedgerProblem = error.Message;
        }
    }

    private void TakeIn(IReadOnlyList<LedgerEntry> written)
    {
        foreach (var entry in written)
            if (RolloutEvents.FromEntry(entry) is { } happened) Happened(Track(TrackKey.Parse(entry.Stream)), happened, entry.Sequence);
            else if (RolloutEvents.AnchorFrom(entry) is { } anchor) _clock.FollowTo(anchor);
            else ReplayEntry(entry);
    }

    private static bool AreSame(IReadOnlyList<LedgerEntry> found, IReadOnlyList<NewEntry> sent) =>
        found.Count == sent.Count && found.Zip(sent).All(pair =>
            pair.First.Stream == pair.Second.Stream && pair.First.Type == pair.Second.Type
            && pair.First.Principal == pair.Second.Principal && pair.First.Data.Span.SequenceEqual(pair.Second.Data.Span));

    private void KeepFailureLog(EngineTrack track, RolloutEvent happened)
    {
        if (happened is not (RolloutEvent.AbortStarted { LogDigest: not null } or RolloutEvent.Halted) || track.State.Active is not { } rollout) return;
        if (track.Observation is { } observation && new Fleet(observation).Failure(rollout.Plan) is { } failure)
            _failures.Keep(rollout.Id, failure.LogTail);
    }

    /// <summary>The wall clock was set: once the ledger says so, every deadline moves along. Until then the old time goes on.</summary>
    private void FollowClock()
    {
        var step = _clock.Step();
        if (step == TimeSpan.Zero || Deposed is not null || Epoch == 0) return;
        var anchor = _clock.Anchor with { At = _clock.Now + step };
        var moved = Moved(step, anchor.At);
        try
        {
            var entries = Append([RolloutEvents.Anchored(anchor), .. moved.Select(ToEntry)]);
            _clock.Follow(step);
            for (var i = 0; i < moved.Count; i++) Happened(moved[i].Track, moved[i].Event, entries[i + 1].Sequence);
        }
        catch (IOException error)
        {
            LedgerProblem = error.Message;
        }
    }

    /// <summary>The tracks that measure time now, each with its step.</summary>
    private List<(EngineTrack Track, RolloutEvent Event)> Moved(TimeSpan step, DateTimeOffset at) => step == TimeSpan.Zero
        ? []
        : [.. _tracks.Values.Where(track => track.State is { Active: not null } or { Warm: not null } or { Queued: not null } || Soaks(track.State))
            .Select(track => (track, (RolloutEvent)new RolloutEvent.ClockStepped(Principal.Engine, at, step)))];

    private static NewEntry ToEntry((EngineTrack Track, RolloutEvent Event) moved) => RolloutEvents.ToEntry(moved.Track.Key, moved.Event);
}
