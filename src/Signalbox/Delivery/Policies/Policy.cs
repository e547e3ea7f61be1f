using System.Text.Json.Serialization;

namespace Signalbox.Delivery.Policies;

/// <summary>How much a gate's no weighs.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GateMode>))]
public enum GateMode
{
    /// <summary>Not asked.</summary>
    Off,

    /// <summary>Asked and shown; a no stops nothing.</summary>
    Warn,

    /// <summary>No rollout begins without its yes.</summary>
    Enforce,
}

/// <summary>Where a rule was written, so that a refusal can point there.</summary>
public sealed record PolicyPlace(string Path, int Line, int Column, int Length, string? Text);

/// <summary>What one file demands of one gate. Settings that are not written have the defaults of <see cref="GateTable"/>.</summary>
/// <param name="Settings">Key to its value or values, as canonical text.</param>
/// <param name="Place">Null in a release's own file: a line that moves makes no other configuration.</param>
public sealed record GateRule(string Gate, GateMode Mode, IReadOnlyDictionary<string, IReadOnlyList<string>> Settings, PolicyPlace? Place = null)
{
    [JsonIgnore]
    public GateShape Shape => GateTable.Find(Gate) ?? throw new ArgumentException($"there is no gate '{Gate}'");

    /// <summary>A setting's values: those written, or the default ones.</summary>
    public IReadOnlyList<string> Values(string key) => Settings.GetValueOrDefault(key) ?? Shape.Setting(key).Default;

    /// <summary>A setting of one value; null where neither the file nor the table has one.</summary>
    public string? Value(string key) => Values(key) is [var only, ..] ? only : null;
}

/// <summary>
/// A time in which nothing goes out, by the wall clock of a place. Both ends have the same form: <c>Fri 18:00</c> (every week),
/// <c>22:00</c> (every day) or <c>2026-12-20T00:00</c> (once). The end itself is outside.
/// </summary>
/// <param name="Zone">An IANA time zone.</param>
public sealed record FreezeWindow(string Name, string From, string To, string Zone);

/// <summary>A command that decides: exit 0 allows, 1 denies, anything else could not decide.</summary>
public sealed record CustomGate(string Name, GateMode Mode, IReadOnlyList<string> Command, TimeSpan Timeout);

/// <summary>Promotion without a person.</summary>
/// <param name="After">How long a release serves in the environment before, from its success on.</param>
public sealed record PromoteRule(TimeSpan After);

/// <summary>What an environment demands of what goes into it.</summary>
/// <param name="Gates">Those that are written; the others warn (<see cref="GateTable"/>).</param>
/// <param name="EvidenceFrom">Principals whose evidence counts, with <c>*</c> for any text; null for everybody's. What a signature proves counts whoever brings it.</param>
public sealed record Policy(
    IReadOnlyList<GateRule> Gates, IReadOnlyList<FreezeWindow> Freeze, IReadOnlyList<CustomGate> Custom, IReadOnlyList<string>? EvidenceFrom)
{
    /// <summary>What holds where nobody has set a policy: gates warn.</summary>
    public static Policy Default { get; } = new([], [], [], null);

    /// <summary>Null where only a person promotes. Every gate is asked all the same.</summary>
    public PromoteRule? Promote { get; init; }

    public GateRule Rule(string gate) =>
        Gates.FirstOrDefault(rule => rule.Gate == gate) ?? new(gate, GateTable.Find(gate)!.Unwritten, GateRules.NoSettings);
}

internal static class GateRules
{
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> NoSettings { get; } = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
}
