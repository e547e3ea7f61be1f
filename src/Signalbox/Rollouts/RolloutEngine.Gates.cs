using System.Collections.Concurrent;
using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Gates;
using Signalbox.Ledger;

namespace Signalbox.Rollouts;

/// <param name="Gathered">Null where the inputs could not be gathered, for the reason that <paramref name="Problem"/> says.</param>
/// <param name="AnsweredAt">Since boot.</param>
internal sealed record AskedGates(GateQuestion Question, GatheredInputs? Gathered, string? Problem, TimeSpan AnsweredAt)
{
    /// <summary>What the gates say of it, decided where nobody waits; null where nothing was gathered.</summary>
    public GateReport? Report { get; init; }

    /// <summary>Up to when, by the engine's clock, they still say so; before the question where they did not even when they were done.</summary>
    public DateTimeOffset SaidUntil { get; init; }

    /// <summary>Whether the inputs are in the store.</summary>
    public bool IsKept { get; init; }
}

/// <param name="AskAgainAt">Since boot, where they could not be asked; null while an answer is awaited or used.</param>
internal sealed record AskingGates(GateQuestion Question, Task<AskedGates> Answer, TimeSpan? AskAgainAt);

/// <summary>The engine's side towards the gates: no release begins to go out without a decision in the ledger that allows it.</summary>
public sealed partial class RolloutEngine
{
    /// <summary>Evidence and policies may change while they are looked at; whoever changes them all the time does not keep us for ever.</summary>
    private const int MostAsked = 5;

    /// <summary>An answer that lay about for longer, since the host was away, is of another hour.</summary>
    private static readonly TimeSpan s_answerLasts = TimeSpan.FromSeconds(30);

    /// <summary>How long an answer lasts where a freeze window begins meanwhile, or an approval ends: as long as it is the same at both ends.</summary>
    private static readonly TimeSpan[] s_shorter = [s_answerLasts, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1)];

    private readonly ConcurrentDictionary<string, Principal> _creators = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _askingStops = new();

    /// <param name="Said">The decision's entry, to be appended before what it allows.</param>
    /// <param name="Stops">Set where it goes no further.</param>
    private sealed record GateAnswer(IReadOnlyList<NewEntry> Said, GateReport? Report, CommandResult? Stops);

    /// <summary>What these events need the gates for; null where they take nothing out. Going back never waits for a gate.</summary>
    private GateQuestion? Question(EngineTrack track, IReadOnlyList<RolloutEvent> events)
    {
        foreach (var happened in events)
        {
            var (plan, submitter) = happened switch
            {
                RolloutEvent.Started { Kind: RolloutKind.Deploy } started => (started.Plan, started.Principal),
                RolloutEvent.Queued { Kind: RolloutKind.Deploy } queued => (queued.Plan, queued.Principal),
                _ => (null, default),
            };
            if (plan is not null && _releases.GetValueOrDefault(plan.Release) is { } release) return QuestionOf(track.Key, release, plan, submitter);
        }
        return null;
    }

    private GateQuestion QuestionOf(TrackKey key, Release release, ReleasePlan plan, Principal submitter) =>
        new(key, release, plan.Configuration, submitter, _creators.TryGetValue(release.Id, out var creator) ? creator : null, Now) { Path = PathOf(release, key) };

    /// <summary>What the gates would say now; nothing is recorded and nothing begins.</summary>
    /// <returns>Null where there is no such release in this environment.</returns>
    /// <exception cref="IOException">There is more evidence than one decision is made of.</exception>
    public async Task<GateReport?> CheckGatesAsync(TrackKey key, string release, Principal principal, CancellationToken cancel)
    {
        var question = await GatedAsync(() => Task.FromResult(Plan(release, key) is { } plan ? QuestionOf(key, _releases[release], plan, principal) : null), cancel).ConfigureAwait(false);
        return question is null ? null : GateDecision.Decide((await _gates.GatherAsync(question, cancel).ConfigureAwait(false)).Inputs);
    }

    /// <summary>For a decision that will be recorded.</summary>
    private async Task<AskedGates> AskAsync(GateQuestion question, CancellationToken cancel) => await KeptAsync(await LookAsync(question, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);

    /// <summary>Nothing is kept: who asks again and again would fill the store.</summary>
    private async Task<AskedGates> LookAsync(GateQuestion question, CancellationToken cancel)
    {
        var asked = _clock.SinceBoot;
        try
        {
            var gathered = await _gates.GatherAsync(question, cancel).ConfigureAwait(false);
            var report = GateDecision.Decide(gathered.Inputs);
            var answered = _clock.SinceBoot;
            return new(question, gathered, null, answered) { Report = report, SaidUntil = SaidUntil(gathered.Inputs, report.Verdict, question.At + (answered - asked)) };
        }
        catch (Exception error) when (IsForeseen(error))
        {
            return new(question, null, error.Message, _clock.SinceBoot);
        }
    }

    /// <summary>Deciding may take its time, and leases have to be renewed: what time alone may change is looked at before anybody waits for it.</summary>
    /// <param name="now">Commands may have run for minutes since the question.</param>
    private static DateTimeOffset SaidUntil(GateInputs inputs, GateVerdict verdict, DateTimeOffset now)
    {
        bool Same(DateTimeOffset at) => GateDecision.Decide(inputs with { At = at }).Verdict == verdict;
        return Same(now) && Array.Find(s_shorter, span => Same(now + span)) is { Ticks: > 0 } lasts ? now + lasts : DateTimeOffset.MinValue;
    }

    private async Task<AskedGates> KeptAsync(AskedGates asked, CancellationToken cancel)
    {
        if (asked.Gathered is not { } gathered) return asked;
        try
        {
            await _gates.KeepAsync(gathered, cancel).ConfigureAwait(false);
            return asked with { IsKept = true };
        }
        catch (Exception error) when (IsForeseen(error))
        {
            return asked with { Gathered = null, Problem = error.Message };
        }
    }

    private static bool IsForeseen(Exception error) => error is IOException or SignalboxException;

    private GateAnswer Answer(EngineTrack track, GateQuestion question, AskedGates? asked)
    {
        var active = track.State.Active?.Id;
        if (asked is null || !IsSame(asked.Question, question) || !IsCurrent(asked, question))
            return new([], null, new(false, false, new("gates-changed", "evidence or policies change faster than they can be looked at", "signalbox history"), active) { Asks = question });
        if (asked.Gathered is not { } gathered)
            return new([], null, new(false, false, new("gate-undecided", $"the gates cannot decide: {asked.Problem}", "df -h; signalbox status"), active));
        var report = asked.Report!;
        var said = GateEvents.ToEntry(track.Key, gathered, report, question.Submitter);
        return report.Verdict == GateVerdict.Allow ? new([said], report, null) : new([], report, Denied(said, report, active));
    }

    private CommandResult Denied(NewEntry said, GateReport report, string? active)
    {
        try
        {
            Append([said]);
        }
        catch (IOException error)
        {
            LedgerProblem = error.Message;
            return new(false, false, new("ledger-not-written", $"the gates deny {report.Release}, and the ledger cannot be written: {error.Message}", "df -h; signalbox status"), active) { Gates = report };
        }
        return new(false, true, new(report.Verdict == GateVerdict.Deny ? "gate-denied" : "gate-undecided", Denial(report), $"signalbox gates explain {report.Release}"), active) { Gates = report };
    }

    private static string Denial(GateReport report)
    {
        var stopping = report.Results.Where(result => result.Stops).Select(result => result.Gate).Distinct().ToList();
        return $"{report.Release} may not go into {report.Environment}: {string.Join(", ", stopping)} {(report.Verdict == GateVerdict.Deny ? "denied it" : "could not decide")}";
    }

    /// <summary>A rollout that waited begins now: much may have changed since it was submitted, so the gates are asked anew.</summary>
    /// <returns>What to append; null while the gates are being asked.</returns>
    private (IReadOnlyList<RolloutEvent> Events, IReadOnlyList<NewEntry> Said)? LetIn(EngineTrack track, Decision decision)
    {
        if (Question(track, decision.Events) is not { } question) return (decision.Events, []);
        if (track.Asking is not { } asking || !IsSame(asking.Question, question) || asking.AskAgainAt <= _clock.SinceBoot)
            track.Asking = asking = new(question, LookAsync(question, _askingStops.Token), null);
        if (!asking.Answer.IsCompleted || asking.AskAgainAt is not null) return null;
        if (!asking.Answer.IsCompletedSuccessfully || asking.Answer.Result is not { Gathered: { } gathered, Report: { } report } answer)
        {
            LedgerProblem = $"the gates cannot be asked for {question.Release.Id}: {(asking.Answer.IsCompletedSuccessfully ? asking.Answer.Result.Problem : asking.Answer.Exception?.GetBaseException().Message)}";
            // what could not be gathered or kept waits, or a policy's commands would run without a pause
            track.Asking = asking with { AskAgainAt = _clock.SinceBoot + s_askAgain };
            return null;
        }
        track.Asking = null;
        if (!IsCurrent(answer, question)) return null;
        if (!answer.IsKept)
        {
            // only now is it one that will be recorded
            track.Asking = asking with { Answer = KeptAsync(answer, _askingStops.Token) };
            if (!track.Asking.Answer.IsCompleted) return null;
            return LetIn(track, decision);
        }
        NewEntry[] said = [GateEvents.ToEntry(track.Key, gathered, report, question.Submitter)];
        return report.Verdict == GateVerdict.Allow
            ? (decision.Events, said)
            : (RolloutMachine.Decide(track.State, new Signal.Withdraw(Principal.Engine, Denial(report)), Now).Events, said);
    }

    /// <summary>
    /// Whether an answer is still the one that would be given: of the same evidence and policies, not left lying, and with the same
    /// word now as then, since a freeze window may have begun and an approval or an override ended while commands ran.
    /// </summary>
    private bool IsCurrent(AskedGates asked, GateQuestion question) => asked.Gathered is not { } gathered
        || (_clock.SinceBoot - asked.AnsweredAt <= s_answerLasts && _gates.IsCurrent(question, gathered) && question.At >= asked.Question.At && question.At <= asked.SaidUntil);

    private static bool IsSame(GateQuestion asked, GateQuestion question) =>
        asked.Release.Id == question.Release.Id && asked.Submitter == question.Submitter && asked.Track == question.Track
        && (asked.Path?.IsSame(question.Path) ?? question.Path is null);

    private void StopAsking()
    {
        _askingStops.Cancel();
        _askingStops.Dispose();
    }
}
