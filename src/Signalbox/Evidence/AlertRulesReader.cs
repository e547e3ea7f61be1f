using System.Globalization;
using Signalbox.Yaml;

namespace Signalbox.Evidence;

/// <summary>
/// Reads Prometheus alerting rules (prometheus.io, "Alerting rules"): <c>groups[].rules[].alert</c>. An alert names an action
/// where its annotations have a <c>runbook_url</c>, <c>runbook</c> or <c>action</c>.
/// </summary>
public sealed class AlertRulesReader : IEvidenceReader
{
    private const int MostBytes = 1 << 20;
    private static readonly string[] s_actions = ["runbook_url", "runbook", "action"];

    public (EvidenceReading? Reading, EvidenceRefusal? Refusal) Read(Stream content, EvidenceAsked asked)
    {
        // whatever is not called YAML is another reader's
        if (asked.Asked is not EvidenceKind.Alerts && !(asked.Asked is null && IsYaml(asked.Name))) return (null, null);
        if (content.Length > MostBytes) return (null, new("evidence-too-large", $"alert rules have {content.Length:N0} bytes; expected at most {MostBytes:N0}"));
        var bytes = new byte[content.Length];
        content.ReadExactly(bytes);
        var document = YamlReader.Read(bytes);
        if (document.Problems is [var problem, ..]) return (null, new("evidence-unreadable", $"alert rules cannot be read: {problem.Message}, at line {problem.Span.Line}", "promtool check rules alerts.yaml"));
        var alerts = (document.Root as YamlMapping)?.Find("groups")?.Value is YamlSequence groups ? groups.Items.SelectMany(Alerts).ToList() : null;
        if (alerts is null) return asked.Asked is null ? (null, null) : (null, new("evidence-unreadable", "there are no groups of rules; expected Prometheus alert rules", "promtool check rules alerts.yaml"));
        var without = alerts.Where(alert => !NamesAction(alert)).Select(alert => Text(alert, "alert") ?? "").ToList();
        var summary = string.Create(CultureInfo.InvariantCulture, $"{alerts.Count} alerts, {without.Count} without an action");
        return (new(EvidenceKind.Alerts, "application/yaml", new AlertsFact(alerts.Count, [.. without.Take(100)]), EvidenceVerification.Unsigned, summary), null);
    }

    private static bool IsYaml(string name) => name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<YamlMapping> Alerts(YamlNode group) =>
        ((group as YamlMapping)?.Find("rules")?.Value as YamlSequence)?.Items.OfType<YamlMapping>().Where(rule => Text(rule, "alert") is not null) ?? [];

    private static bool NamesAction(YamlMapping alert) =>
        alert.Find("annotations")?.Value is YamlMapping annotations && s_actions.Any(key => Text(annotations, key) is { Length: > 0 });

    private static string? Text(YamlMapping map, string key) => (map.Find(key)?.Value as YamlScalar)?.Value;
}
