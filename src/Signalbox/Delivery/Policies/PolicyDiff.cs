using System.Globalization;
using System.Text.Json.Serialization;
using Signalbox.Delivery.Detection;
using Signalbox.Delivery.Reading;

namespace Signalbox.Delivery.Policies;

[JsonConverter(typeof(JsonStringEnumConverter<PolicyDirection>))]
public enum PolicyDirection { Same, Tighter, Weaker }

/// <param name="What"><c>coverage.atLeast</c>, <c>freeze.weekend</c>.</param>
/// <param name="Before">Empty where there was nothing.</param>
/// <param name="After">Empty where there is nothing any more.</param>
public sealed record PolicyChange(string What, string Before, string After, PolicyDirection Direction);

/// <summary>What changes from one policy to another, and whether a release gets through that would not have got through before.</summary>
public static class PolicyDiff
{
    public static IReadOnlyList<PolicyChange> Between(Policy before, Policy after) =>
    [
        .. GateTable.All.SelectMany(gate => Gate(before.Rule(gate.Name), after.Rule(gate.Name))),
        .. Named("freeze", before.Freeze, after.Freeze, window => window.Name, (old, now) => old == now, window => $"{window.From} to {window.To} {window.Zone}"),
        .. Named("custom", before.Custom.Where(IsAsked), after.Custom.Where(IsAsked), gate => gate.Name,
            (old, now) => old.Mode == now.Mode && old.Timeout == now.Timeout && old.Command.SequenceEqual(now.Command, StringComparer.Ordinal),
            gate => string.Create(CultureInfo.InvariantCulture, $"{Word(gate.Mode)} {string.Join(' ', gate.Command.Select(Words.Quote))} within {gate.Timeout.TotalSeconds:0.###}s")),
        .. Promotion(before.Promote?.After, after.Promote?.After),
        .. Changed("evidenceFrom", IsSame(before.EvidenceFrom, after.EvidenceFrom), Text(before.EvidenceFrom), Text(after.EvidenceFrom), Heard(before.EvidenceFrom, after.EvidenceFrom)),
    ];

    public static bool IsWeaker(this IEnumerable<PolicyChange> changes) => changes.Any(change => change.Direction == PolicyDirection.Weaker);

    private static IEnumerable<PolicyChange> Gate(GateRule before, GateRule after)
    {
        foreach (var change in Changed(before.Gate, before.Mode == after.Mode, Word(before.Mode), Word(after.Mode), Compare(after.Mode, before.Mode))) yield return change;
        foreach (var setting in before.Shape.Settings)
            foreach (var change in Setting(before, after, setting)) yield return change;
    }

    private static IEnumerable<PolicyChange> Setting(GateRule before, GateRule after, SettingShape setting)
    {
        var (old, now) = (Given(before, setting), Given(after, setting));
        // what a gate that was not asked was told made no difference; but whose signatures count, and what a promotion waits for, is told here for others too
        var direction = before.Mode == GateMode.Off && before.Gate is not (GateTable.Signature or GateTable.Provenance or GateTable.Promotion) ? PolicyDirection.Same : LetsIn(before, after, setting) ? PolicyDirection.Weaker : Direction(setting.Kind, old, now);
        return Changed($"{before.Gate}.{setting.Key}", IsSame(old, now), Text(old), Text(now), direction);
    }

    /// <summary>
    /// What reads like one more demand and lets somebody in. An identity's signature counts for nobody until a policy names issuers; one
    /// by a workflow that ran for another repository, and any certificate's provenance, until it names sources; beside keys it takes
    /// identities, too, so the last key that goes opens the door to certificates. A builder that no policy names is of level 2 at most,
    /// and of several keys and levels nothing counts until it is said which is whose.
    /// </summary>
    private static bool LetsIn(GateRule before, GateRule after, SettingShape setting) => (before.Gate, setting.Key) switch
    {
        (GateTable.Provenance, "sources") => Lacks(before, "sources") && !(before.Values("keys").Count > 0 && Lacks(before, "identities")),
        (GateTable.Provenance, "identities") => Lacks(before, "identities") && (Lacks(before, "sources") || before.Values("keys").Count > 0),
        (GateTable.Provenance, "keys") => GateValues.AreAmbiguous(before) || (before.Values("keys").Count > 0 && after.Values("keys").Count == 0 && Lacks(after, "identities") && !Lacks(after, "sources")),
        (GateTable.Provenance, "levels") => GateValues.AreAmbiguous(before),
        (GateTable.Provenance, "builders") => Lacks(before, "builders") && GateValues.Count(after.Values("level")) > 2,
        (GateTable.Signature, "issuers") => Lacks(before, "issuers") && before.Values("identities").Count > 0,
        (GateTable.Signature, "sources") => Lacks(before, "sources") && before.Values("identities").Count > 0,
        _ => false,
    };

    private static bool Lacks(GateRule rule, string key) => rule.Settings.GetValueOrDefault(key) is null;

    private static IReadOnlyList<string>? Given(GateRule rule, SettingShape setting) =>
        rule.Settings.GetValueOrDefault(setting.Key) ?? (setting.Default.Count > 0 ? setting.Default : null);

    private static PolicyDirection Direction(SettingKind kind, IReadOnlyList<string>? before, IReadOnlyList<string>? after) => kind switch
    {
        SettingKind.Share => Compare(GateValues.Share(after), GateValues.Share(before)),
        SettingKind.Count => Compare(GateValues.Count(after), GateValues.Count(before)),
        SettingKind.Age => Compare(GateValues.Age(before) ?? TimeSpan.MaxValue, GateValues.Age(after) ?? TimeSpan.MaxValue),
        SettingKind.Threshold => Compare(GateValues.Rank(before), GateValues.Rank(after)),
        SettingKind.Switch => Compare(GateValues.Denies(after), GateValues.Denies(before)),
        SettingKind.Required => Accepted(after ?? [], before ?? []),
        SettingKind.Trusted => Accepted(before ?? [], after ?? []),
        SettingKind.Heard => Heard(before, after),
        _ => Accepted(before, after),
    };

    /// <summary>Without a person's hand, or sooner, is weaker: what would have been noticed meanwhile may not be.</summary>
    private static IEnumerable<PolicyChange> Promotion(TimeSpan? before, TimeSpan? after) =>
        Changed("promote.after", before == after, Text(before), Text(after), Compare(after ?? TimeSpan.MaxValue, before ?? TimeSpan.MaxValue));

    private static string Text(TimeSpan? time) => time is { } span ? Durations.Text(span) : "";

    /// <summary>A list that accepts: nothing new may be in it, and without it everything is accepted.</summary>
    private static PolicyDirection Accepted(IReadOnlyList<string>? before, IReadOnlyList<string>? after)
    {
        if (before is null) return after is null ? PolicyDirection.Same : PolicyDirection.Tighter;
        if (after is null) return PolicyDirection.Weaker;
        if (after.Except(before, StringComparer.Ordinal).Any()) return PolicyDirection.Weaker;
        return before.Except(after, StringComparer.Ordinal).Any() ? PolicyDirection.Tighter : PolicyDirection.Same;
    }

    /// <summary>Who is not heard any more may have spoken against a release, and who is heard now speaks for one.</summary>
    private static PolicyDirection Heard(IReadOnlyList<string>? before, IReadOnlyList<string>? after) =>
        before is null == after is null && (before ?? []).ToHashSet(StringComparer.Ordinal).SetEquals(after ?? []) ? PolicyDirection.Same : PolicyDirection.Weaker;

    private static PolicyDirection Compare<T>(T stricterIsMore, T than) where T : notnull =>
        Comparer<T>.Default.Compare(stricterIsMore, than) switch { 0 => PolicyDirection.Same, > 0 => PolicyDirection.Tighter, _ => PolicyDirection.Weaker };

    /// <summary>Each entry is a demand of its own: one that goes, or becomes another, weakens.</summary>
    private static IEnumerable<PolicyChange> Named<T>(string what, IEnumerable<T> before, IEnumerable<T> after, Func<T, string> name, Func<T, T, bool> same, Func<T, string> text) where T : class
    {
        var (old, now) = (before.ToDictionary(name, StringComparer.Ordinal), after.ToDictionary(name, StringComparer.Ordinal));
        foreach (var key in old.Keys.Union(now.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (was, becomes) = (old.GetValueOrDefault(key), now.GetValueOrDefault(key));
            foreach (var change in Changed($"{what}.{key}", was is not null && becomes is not null && same(was, becomes), was is null ? "" : text(was), becomes is null ? "" : text(becomes),
                was is null ? PolicyDirection.Tighter : PolicyDirection.Weaker)) yield return change;
        }
    }

    /// <param name="isSame">By the values: two of them may read alike.</param>
    private static IEnumerable<PolicyChange> Changed(string what, bool isSame, string before, string after, PolicyDirection direction)
    {
        if (!isSame) yield return new(what, before, after, direction);
    }

    private static bool IsSame(IReadOnlyList<string>? before, IReadOnlyList<string>? after) =>
        before is null || after is null ? before is null && after is null : before.SequenceEqual(after, StringComparer.Ordinal);

    private static bool IsAsked(CustomGate gate) => gate.Mode != GateMode.Off;

    private static string Word(GateMode mode) => mode.ToString().ToLowerInvariant();

    private static string Text(IReadOnlyList<string>? values) => values is null ? "" : values.Count == 1 ? Quoted(values[0]) : $"[{string.Join(", ", values.Select(Quoted))}]";

    /// <summary>A value with what lists are written with would read like several, or like a list.</summary>
    private static string Quoted(string value) => value.AsSpan().IndexOfAny(",[]\"'") < 0 && value.Trim().Length == value.Length ? value : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
}
