using System.Text.Json;
using Signalbox.Analysis;
using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Dora;
using Signalbox.Gates;
using Signalbox.Ledger;
using Signalbox.Rollouts;

namespace Signalbox.Tests.Dora;

/// <summary>Writes what happened into a ledger, as the engine would have, at times of the test's choosing.</summary>
internal sealed class Story(Func<TimeProvider, ILedgerStore> open, string environment = "production")
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Strategy s_canary = new(
        StrategyKind.Canary, [new(Weight.Percent(10), TimeSpan.FromSeconds(10))],
        new(true, 0.001, 1.25, 2.5, 0.05, 0.01, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), OnUndecided.Hold, TimeSpan.Zero, true),
        TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(10));

    private readonly Clock _clock = new();
    private ILedgerStore? _ledger;
    private int _rollouts;

    public ILedgerStore Ledger => _ledger ??= open(_clock);

    public DateTimeOffset Now => _clock.Now;

    public string Principal { get; set; } = "ci:trial";

    /// <summary>Of the gates that decide from now on.</summary>
    public GateMode GateMode { get; set; } = GateMode.Warn;

    public DoraFacts Facts
    {
        get
        {
            var book = new DoraBook();
            book.Replay(Ledger);
            return book.Facts;
        }
    }

    public Story At(DateTimeOffset at)
    {
        _clock.Now = DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());
        return this;
    }

    public Story After(double minutes) => At(Now + TimeSpan.FromMinutes(minutes));

    public Story Release(string application, string release, string commit, DateTimeOffset? committedAt, params IReadOnlyList<EarlierCommit> earlier) => Append(RolloutEvents.ToEntry(
        new Release(release, application, new(commit, false, null, committedAt, earlier.Count == 0 ? null : earlier), new Dictionary<string, Digest>(), [], Now), new(Principal)));

    public Story Decided(string application, string release, GateVerdict verdict, params (string Gate, GateVerdict Verdict, string? Help)[] gates)
    {
        var results = gates.Select(gate => new GateResult(
            gate.Gate, "policy", GateMode, gate.Verdict, [new(gate.Verdict, gate.Verdict == GateVerdict.Allow ? "gate-ok" : "gate-no", "said", gate.Help, [])], null, null)).ToList();
        var digest = Digest.Of([1]);
        var decided = new GateDecided(release, environment, verdict, Now, digest, digest, [], [], digest, digest, results);
        return Append(new($"{application}/{environment}", GateEvents.DecidedType, new(Principal), JsonSerializer.SerializeToUtf8Bytes(decided, s_json)));
    }

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() } };

    /// <returns>The rollout's id.</returns>
    public string Began(string application, string release, string? from, RolloutKind kind = RolloutKind.Deploy)
    {
        var id = $"{application}-{environment}-{++_rollouts}";
        var plan = new ReleasePlan(release, new(environment, "local", s_canary, []), new Dictionary<string, Digest>());
        Happened(application, new RolloutEvent.Started(new(Principal), Now, id, plan, kind, from, null));
        return id;
    }

    public Story Stepped(string application, long requests = 0, long bad = 0) =>
        Happened(application, new RolloutEvent.StepReached(Signalbox.Ledger.Principal.Engine, Now, 0, Weight.Percent(10), 0, Evidence(requests, bad)));

    public Story TookOver(string application, long requests = 0, long bad = 0) =>
        Happened(application, new RolloutEvent.TookOver(Signalbox.Ledger.Principal.Engine, Now, Evidence(requests, bad)));

    public Story AbortStarted(string application, long requests = 0, long bad = 0) =>
        Happened(application, new RolloutEvent.AbortStarted(Signalbox.Ledger.Principal.Engine, Now, "bad", Phase.RolledBack, null, null) { Evidence = requests == 0 ? null : Evidence(requests, bad) });

    public Story Ended(string application, Phase outcome) => Happened(application, new RolloutEvent.Ended(Signalbox.Ledger.Principal.Engine, Now, outcome, null));

    public Story Reported(ReportedEvent reported) => Append(ReportedEvents.ToEntry(reported, new(Principal)));

    public Story Happened(string application, RolloutEvent happened) => Append(RolloutEvents.ToEntry(new TrackKey(application, environment), happened));

    private Story Append(NewEntry entry)
    {
        Ledger.Append(Ledger.Head, [entry]);
        return this;
    }

    public static Dictionary<string, JudgeReport> Evidence(long requests, long bad) => requests == 0
        ? []
        : new() { ["web"] = new(Verdict.Pass, 1, 0, 6.9, 0, 3, requests / 10, bad, requests - (requests / 10), 0, 1, "test", null, "", "told") };

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = Start;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
