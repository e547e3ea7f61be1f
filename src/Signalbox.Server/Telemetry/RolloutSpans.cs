using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Signalbox.Delivery;
using Signalbox.Ledger;
using Signalbox.Rollouts;

namespace Signalbox.Server.Telemetry;

/// <param name="TraceId">16 bytes in hex, made from the ledger's hash: the same rollout has the same trace whenever it is sent.</param>
/// <param name="ParentId">Null for the rollout itself.</param>
internal sealed record Span(
    string TraceId, string SpanId, string? ParentId, string Name, DateTimeOffset Start, DateTimeOffset End, bool Failed, IReadOnlyList<(string Name, string Value)> Attributes);

/// <summary>Makes a trace of every rollout: one span for it, and a child for each phase it went through. Fed every entry in order.</summary>
internal sealed class RolloutSpans
{
    private readonly Dictionary<string, TrackState> _tracks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Trace> _open = new(StringComparer.Ordinal);

    private sealed class Trace(string id, string root, DateTimeOffset start)
    {
        public string Id { get; } = id;

        public string Root { get; } = root;

        public DateTimeOffset Start { get; } = start;

        public (Phase Phase, DateTimeOffset Since, string SpanId) Now { get; set; }

        public List<Span> Done { get; } = [];
    }

    /// <returns>The spans of the rollout that ended with this entry, the rollout's own first; empty where none did.</returns>
    public IReadOnlyList<Span> Apply(LedgerEntry entry)
    {
        if (RolloutEvents.FromEntry(entry) is not { } happened) return [];
        var before = _tracks.GetValueOrDefault(entry.Stream) ?? TrackState.New(TrackKey.Parse(entry.Stream));
        var after = _tracks[entry.Stream] = RolloutMachine.Apply(before, happened, entry.Sequence);
        if (happened is RolloutEvent.Started)
        {
            var root = Id(entry, "rollout");
            _open[entry.Stream] = new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(entry.Hash)))[..32], root, happened.At) { Now = (Phase.Pending, happened.At, Id(entry, "phase")) };
        }
        if (!_open.TryGetValue(entry.Stream, out var trace) || after.Rollout is not { } rollout) return [];
        if (rollout.Phase != trace.Now.Phase) Close(trace, rollout.Phase, happened.At, Id(entry, "phase"));
        if (happened is not RolloutEvent.Ended) return [];
        _open.Remove(entry.Stream);
        return [Root(trace, after.Key, rollout, happened.At), .. trace.Done];
    }

    private static void Close(Trace trace, Phase next, DateTimeOffset at, string spanId)
    {
        var (phase, since, id) = trace.Now;
        trace.Done.Add(new(trace.Id, id, trace.Root, phase.ToString(), since, Later(since, at), phase is Phase.Aborting or Phase.Halted, []));
        trace.Now = (next, at, spanId);
    }

    private static Span Root(Trace trace, TrackKey key, RolloutState rollout, DateTimeOffset at) => new(
        trace.Id, trace.Root, null, $"rollout {key}", trace.Start, Later(trace.Start, at), rollout.Phase != Phase.Succeeded,
        [
            ("signalbox.application", key.Application), ("deployment.environment.name", key.Environment), ("signalbox.rollout", rollout.Id), ("signalbox.release", rollout.Release),
            ("signalbox.kind", rollout.Kind.ToString()), ("signalbox.strategy", rollout.Strategy.Kind.ToString()), ("signalbox.outcome", rollout.Phase.ToString()),
        ]);

    /// <summary>A clock that was set back must not make a span end before it began.</summary>
    private static DateTimeOffset Later(DateTimeOffset start, DateTimeOffset end) => end > start ? end : start;

    private static string Id(LedgerEntry entry, string of) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{of} {entry.Hash}"))))[..16];
}
