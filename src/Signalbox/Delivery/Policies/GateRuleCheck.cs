namespace Signalbox.Delivery.Policies;

/// <summary>What the reader of signalbox.yaml refuses, a release made over the API may not bring either.</summary>
internal static class GateRuleCheck
{
    /// <returns>Everything that is wrong; empty where nothing is.</returns>
    public static IEnumerable<string> Of(string at, IReadOnlyList<GateRule>? rules)
    {
        if (rules is null) yield break;
        if (rules.Count > GateTable.All.Count) yield return $"{at}.gates has {rules.Count} entries; expected at most {GateTable.All.Count}";
        foreach (var rule in rules.Take(GateTable.All.Count))
            foreach (var problem in Of(at, rule)) yield return problem;
        if (rules.Where(rule => rule is not null).GroupBy(rule => rule.Gate, StringComparer.Ordinal).Any(group => group.Count() > 1)) yield return $"{at}.gates has a gate twice; expected each once";
    }

    private static IEnumerable<string> Of(string at, GateRule? rule)
    {
        if (rule is not { Gate: { } name, Settings: { } settings } || GateTable.Find(name) is not { } shape)
        {
            yield return $"{at}.gates has an unknown gate; expected some of {string.Join(", ", GateTable.All.Select(gate => gate.Name))}";
            yield break;
        }
        if (rule.Mode is not (GateMode.Warn or GateMode.Enforce) || rule.Place is not null) yield return $"{at}.gates.{name}.mode is {rule.Mode}; expected Warn or Enforce, and no place";
        foreach (var (key, values) in settings)
        {
            if (shape.Settings.FirstOrDefault(setting => setting.Key == key) is not { } setting) yield return $"{at}.gates.{name} has an unknown setting";
            else if (GateValues.Problem(setting, values) is { } problem) yield return $"{at}.gates.{name}.{key}: {problem}";
        }
    }
}
