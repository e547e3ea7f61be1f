using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Signalbox.Delivery;
using Signalbox.Ledger;

namespace Signalbox.Rollouts;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RolloutEvent.Queued))]
[JsonSerializable(typeof(RolloutEvent.QueueDropped))]
[JsonSerializable(typeof(RolloutEvent.Started))]
[JsonSerializable(typeof(RolloutEvent.HookRequested))]
[JsonSerializable(typeof(RolloutEvent.HookStarted))]
[JsonSerializable(typeof(RolloutEvent.HookEnded))]
[JsonSerializable(typeof(RolloutEvent.StopRequested))]
[JsonSerializable(typeof(RolloutEvent.CapacityRequested))]
[JsonSerializable(typeof(RolloutEvent.PreviewBegan))]
[JsonSerializable(typeof(RolloutEvent.StableReduced))]
[JsonSerializable(typeof(RolloutEvent.SteppedBack))]
[JsonSerializable(typeof(RolloutEvent.StepReached))]
[JsonSerializable(typeof(RolloutEvent.Paused))]
[JsonSerializable(typeof(RolloutEvent.Resumed))]
[JsonSerializable(typeof(RolloutEvent.Overridden))]
[JsonSerializable(typeof(RolloutEvent.Undecided))]
[JsonSerializable(typeof(RolloutEvent.TookOver))]
[JsonSerializable(typeof(RolloutEvent.StableRestarted))]
[JsonSerializable(typeof(RolloutEvent.Judged))]
[JsonSerializable(typeof(RolloutEvent.Fell))]
[JsonSerializable(typeof(RolloutEvent.LatchAcknowledged))]
[JsonSerializable(typeof(RolloutEvent.AbortStarted))]
[JsonSerializable(typeof(RolloutEvent.Halted))]
[JsonSerializable(typeof(RolloutEvent.Ended))]
[JsonSerializable(typeof(RolloutEvent.GapMeasured))]
[JsonSerializable(typeof(RolloutEvent.WarmRetired))]
[JsonSerializable(typeof(RolloutEvent.ClockStepped))]
[JsonSerializable(typeof(Release))]
[JsonSerializable(typeof(IReadOnlyList<EnvironmentConfiguration>))]
[JsonSerializable(typeof(TrackState))]
[JsonSerializable(typeof(ControlPlaneStarted))]
[JsonSerializable(typeof(ClockAnchor))]
internal sealed partial class RolloutJson : JsonSerializerContext;

/// <summary>A control plane took charge; the sequence of this entry is its epoch.</summary>
internal sealed record ControlPlaneStarted(string Version, int ProcessId, ClockAnchor? Clock = null);

/// <summary>Events to and from their ledger form. Types carry a version: a fact that changes shape gets a new one.</summary>
public static class RolloutEvents
{
    public const string ReleaseCreated = "release.created/1";
    public const string ControlPlaneStartedType = "control-plane.started/1";
    public const string ClockAnchoredType = "control-plane.clock-anchored/1";

    private static readonly Dictionary<string, JsonTypeInfo> s_types = new(StringComparer.Ordinal)
    {
        ["rollout.queued/1"] = RolloutJson.Default.Queued,
        ["rollout.queue-dropped/1"] = RolloutJson.Default.QueueDropped,
        ["rollout.started/1"] = RolloutJson.Default.Started,
        ["rollout.hook-requested/1"] = RolloutJson.Default.HookRequested,
        ["rollout.hook-started/1"] = RolloutJson.Default.HookStarted,
        ["rollout.hook-ended/1"] = RolloutJson.Default.HookEnded,
        ["rollout.stop-requested/1"] = RolloutJson.Default.StopRequested,
        ["rollout.capacity-requested/1"] = RolloutJson.Default.CapacityRequested,
        ["rollout.preview-began/1"] = RolloutJson.Default.PreviewBegan,
        ["rollout.stable-reduced/1"] = RolloutJson.Default.StableReduced,
        ["rollout.stepped-back/1"] = RolloutJson.Default.SteppedBack,
        ["rollout.step-reached/1"] = RolloutJson.Default.StepReached,
        ["rollout.paused/1"] = RolloutJson.Default.Paused,
        ["rollout.resumed/1"] = RolloutJson.Default.Resumed,
        ["rollout.overridden/1"] = RolloutJson.Default.Overridden,
        ["rollout.undecided/1"] = RolloutJson.Default.Undecided,
        ["rollout.took-over/1"] = RolloutJson.Default.TookOver,
        ["rollout.stable-restarted/1"] = RolloutJson.Default.StableRestarted,
        ["rollout.judged/1"] = RolloutJson.Default.Judged,
        ["rollout.fell/1"] = RolloutJson.Default.Fell,
        ["rollout.latch-acknowledged/1"] = RolloutJson.Default.LatchAcknowledged,
        ["rollout.abort-started/1"] = RolloutJson.Default.AbortStarted,
        ["rollout.halted/1"] = RolloutJson.Default.Halted,
        ["rollout.ended/1"] = RolloutJson.Default.Ended,
        ["rollout.gap-measured/1"] = RolloutJson.Default.GapMeasured,
        ["rollout.warm-retired/1"] = RolloutJson.Default.WarmRetired,
        ["rollout.clock-stepped/1"] = RolloutJson.Default.ClockStepped,
    };

    private static readonly Dictionary<Type, string> s_names = s_types.ToDictionary(pair => pair.Value.Type, pair => pair.Key);

    public static string TypeOf(RolloutEvent happened) => s_names[happened.GetType()];

    public static NewEntry ToEntry(TrackKey track, RolloutEvent happened)
    {
        var type = TypeOf(happened);
        return new(track.ToString(), type, happened.Principal, JsonSerializer.SerializeToUtf8Bytes(happened, s_types[type]));
    }

    /// <returns>Null where the entry is no event of a track (or of a newer version).</returns>
    /// <exception cref="InvalidDataException">The entry's data is not what its type says.</exception>
    public static RolloutEvent? FromEntry(LedgerEntry entry) =>
        s_types.TryGetValue(entry.Type, out var type) ? (RolloutEvent?)Read(entry, type) : null;

    private static object? Read(LedgerEntry entry, JsonTypeInfo type)
    {
        try
        {
            return JsonSerializer.Deserialize(entry.Data.Span, type);
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"ledger entry {entry.Sequence} ({entry.Type}) cannot be read: {error.Message}", error);
        }
    }

    public static NewEntry ToEntry(Release release, Principal principal) =>
        new("releases", ReleaseCreated, principal, JsonSerializer.SerializeToUtf8Bytes(release, RolloutJson.Default.Release));

    public static Release? ReleaseFrom(LedgerEntry entry) =>
        entry.Type == ReleaseCreated ? (Release?)Read(entry, RolloutJson.Default.Release) : null;

    internal static NewEntry Started(ControlPlaneStarted started) =>
        new("signalbox", ControlPlaneStartedType, Principal.Engine, JsonSerializer.SerializeToUtf8Bytes(started, RolloutJson.Default.ControlPlaneStarted));

    internal static NewEntry Anchored(ClockAnchor clock) =>
        new("signalbox", ClockAnchoredType, Principal.Engine, JsonSerializer.SerializeToUtf8Bytes(clock, RolloutJson.Default.ClockAnchor));

    /// <summary>Where an entry ties wall clock and boot clock together, or null.</summary>
    internal static ClockAnchor? AnchorFrom(LedgerEntry entry) => entry.Type switch
    {
        ControlPlaneStartedType => (Read(entry, RolloutJson.Default.ControlPlaneStarted) as ControlPlaneStarted)?.Clock,
        ClockAnchoredType => Read(entry, RolloutJson.Default.ClockAnchor) as ClockAnchor,
        _ => null,
    };

    /// <summary>Canonical bytes of a state, to compare a replayed one with a live one.</summary>
    internal static byte[] Bytes(TrackState state) => JsonSerializer.SerializeToUtf8Bytes(state, RolloutJson.Default.TrackState);
}
