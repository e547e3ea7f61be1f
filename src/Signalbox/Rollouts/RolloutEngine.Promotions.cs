using System.Collections.Concurrent;
using Signalbox.Delivery;
using Signalbox.Delivery.Reading;
using Signalbox.Gates;
using Signalbox.Ledger;

namespace Signalbox.Rollouts;

/// <summary>The engine's side towards promotion: how far each release has come, and what goes on without a person.</summary>
public sealed partial class RolloutEngine
{
    /// <summary>A no of the gates is asked again after this long, or as soon as evidence or policies change.</summary>
    private static readonly TimeSpan s_askAgain = TimeSpan.FromSeconds(30);

    private readonly StandingBook _standings = new();
    private readonly ConcurrentDictionary<string, Release> _newestReleases = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<TrackKey, PromotionAttempt> _attempts = new();

    /// <summary>One release that is due, and what the gates say of it.</summary>
    private sealed class PromotionAttempt(GateQuestion question, Task<AskedGates> answer)
    {
        public GateQuestion Question { get; set; } = question;

        public Task<AskedGates> Answer { get; set; } = answer;

        /// <summary>The newest no; shown also while they are asked again.</summary>
        public GateReport? No { get; set; }

        /// <summary>Since boot; null while an answer is awaited.</summary>
        public TimeSpan? AskAgainAt { get; set; }
    }

    /// <summary>Each application's environments in their order, by its newest release.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Paths => new SortedDictionary<string, IReadOnlyList<string>>(
        _newestReleases.ToDictionary(newest => newest.Key, newest => NamesOf(newest.Value)), StringComparer.Ordinal);

    /// <summary>How an environment stands to the one before it, now.</summary>
    /// <returns>Null where no environment is before it.</returns>
    public PromotionState? Promotion(TrackKey into) => Decided(into) is { Phase: PromotionPhase.Due } due && _attempts.GetValueOrDefault(into) is { No: { } no } attempt && attempt.Question.Release.Id == due.Release
        ? due with { Phase = PromotionPhase.Waiting, Because = Held(no) }
        : Decided(into);

    private PromotionState? Decided(TrackKey into)
    {
        if (!_newestReleases.TryGetValue(into.Application, out var newest)) return null;
        var terms = _gates.Promotion(into);
        var before = new ReleasePath(NamesOf(newest), []).Before(into.Environment, terms.From);
        if (before.Count == 0) return null;
        var state = StateOf(into) ?? TrackState.New(into);
        var release = StateOf(Beside(into, before[0]))?.Stable?.Release;
        if (release is not null && Plan(release, into) is null)
            return new(before[0], release, PromotionPhase.Nothing, $"{release} has no environment {into.Environment}");
        if (release is not null && !new ReleasePath(NamesOf(_releases[release]), []).Before(into.Environment, terms.From).Contains(before[0]))
            return new(before[0], release, PromotionPhase.ByHand, $"{release} itself does not come here from {before[0]}");
        var sources = before.Select(name => new PromotionSource(name, StateOf(Beside(into, name)), release is null ? null : _standings.Of(Beside(into, name), release))).ToList();
        return PromotionMachine.Decide(state, sources, release, release is null ? null : _standings.Of(into, release), terms.After, Now);
    }

    /// <summary>What a release has to bring from the environments before, and has.</summary>
    private ReleasePath PathOf(Release release, TrackKey into)
    {
        var path = new ReleasePath(NamesOf(release), []);
        return path with { Standings = [.. path.Before(into.Environment, _gates.Promotion(into).From).Select(name => _standings.Of(Beside(into, name), release.Id)).OfType<ReleaseStanding>()] };
    }

    /// <summary>Takes on what policies say goes on by itself. The gates are asked as for a person, and only their yes begins anything.</summary>
    private async Task PromoteAsync(CancellationToken cancel)
    {
        if (!_connected) return;
        foreach (var (application, newest) in _newestReleases)
            foreach (var name in NamesOf(newest))
            {
                var into = new TrackKey(application, name);
                if (_gates.Promotion(into).After is not null && Decided(into) is { Phase: PromotionPhase.Due } due && Namesake(into) is null) await PromoteAsync(into, due, cancel).ConfigureAwait(false);
                else _attempts.TryRemove(into, out _);
            }
    }

    private async Task PromoteAsync(TrackKey into, PromotionState due, CancellationToken cancel)
    {
        var release = due.Release!;
        var plan = Plan(release, into)!;
        var question = QuestionOf(into, _releases[release], plan, Principal.Promoter);
        if (!_attempts.TryGetValue(into, out var attempt) || attempt.Question.Release.Id != release)
            _attempts[into] = attempt = new(question, LookAsync(question, _askingStops.Token));
        else if (attempt.AskAgainAt is { } again && (again <= _clock.SinceBoot || HasChanged(attempt)))
            (attempt.Question, attempt.Answer, attempt.AskAgainAt) = (question, LookAsync(question, _askingStops.Token), null);
        if (!attempt.Answer.IsCompleted || attempt.AskAgainAt is not null) return;
        attempt.AskAgainAt = _clock.SinceBoot + s_askAgain;
        if (!attempt.Answer.IsCompletedSuccessfully) return;
        var asked = attempt.Answer.Result;
        // a ledger that says the same no each half minute tells nobody anything
        if (attempt.No is { } said && asked.Report is { Verdict: not GateVerdict.Allow } report && IsSameNo(report, said)) return;
        asked = await KeptAsync(asked, cancel).ConfigureAwait(false);
        if (asked.Gathered is null) LedgerProblem = $"the gates cannot be asked whether {release} goes on into {into}: {asked.Problem}";
        var result = await CommandAsync(Track(into), new Signal.Submit(plan, RolloutKind.Deploy, Principal.Promoter, PromotionReason(into, due)), cancel, asked: asked).ConfigureAwait(false);
        if (result.Accepted || result.Asks is not null) _attempts.TryRemove(into, out _);
        else attempt.No = result.Gates ?? attempt.No;
    }

    /// <summary>What could not be gathered is of no evidence that could have changed: it waits for its time, or a policy's commands would run without a pause.</summary>
    private bool HasChanged(PromotionAttempt attempt) =>
        attempt.Answer is { IsCompletedSuccessfully: true, Result.Gathered: { } gathered } && !_gates.IsCurrent(attempt.Question, gathered);

    private string PromotionReason(TrackKey into, PromotionState due) =>
        $"promoted from {due.From} after {Durations.Text(_gates.Promotion(into).After ?? TimeSpan.Zero)} by policy";

    /// <summary>By what is said, not by its words: an age in them grows.</summary>
    private static bool IsSameNo(GateReport report, GateReport said) => Ids(report).SetEquals(Ids(said));

    private static HashSet<(string, string, string)> Ids(GateReport report) =>
        [.. report.Results.Where(result => result.Stops).SelectMany(result => result.Lines.Where(line => line.Verdict != GateVerdict.Allow).Select(line => (result.Layer, result.Gate, line.Id)))];

    private static string Held(GateReport report) =>
        $"the gates hold it: {string.Join("; ", report.Results.Where(result => result.Stops).Select(result => $"{result.Gate}: {result.Lines[0].Text}").Distinct())}";

    /// <summary>
    /// Whether time counts towards a promotion from this track, so that a clock that is set has to move it along; also before a policy
    /// says how long, for what was waited for until then counts.
    /// </summary>
    private bool Soaks(TrackState state) =>
        state.Stable is not null && _newestReleases.TryGetValue(state.Key.Application, out var newest)
        && NamesOf(newest).Any(name => new ReleasePath(NamesOf(newest), []).Before(name, _gates.Promotion(Beside(state.Key, name)).From).Contains(state.Key.Environment));

    private TrackState? StateOf(TrackKey key) => _tracks.GetValueOrDefault(key.ToString())?.State;

    private static TrackKey Beside(TrackKey key, string environment) => key with { Environment = environment };

    private static IReadOnlyList<string> NamesOf(Release release) => [.. release.Environments.Select(environment => environment.Name)];
}
