using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class RolloutUnknownFieldRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "rollout-unknown-field", "Rollout with an unknown field", Theme.Rollout, RuleSeverity.Medium, ["argo-rollouts"],
        "A mistyped setting is ignored or rejected",
        "Write the field as the Rollout's definition has it: kubectl explain rollout.spec")
    {
        Details = "Compared with the CustomResourceDefinition of Argo Rollouts 1.9, pod template included.",
    };

    private static readonly HashSet<string> s_top = new(StringComparer.Ordinal) { "apiVersion", "kind", "metadata", "spec", "status" };

    public void Check(KubernetesObject target, Report report)
    {
        if (!ArgoRollout.Is(target)) return;
        foreach (var entry in target.Root.Entries())
            if (!s_top.Contains(entry.Key.Value)) Unknown(target, entry, s_top, report);
        if (target.Spec is null) return;
        foreach (var (entry, known) in RolloutFields.Spec.Unknown(target.Spec)) Unknown(target, entry, known.Names, report);
    }

    private static void Unknown(KubernetesObject target, YamlEntry entry, IEnumerable<string> known, Report report) =>
        report.At(entry.Key, $"{target.Title} has no field '{YamlQuote.Short(entry.Key.Value)}' here", Alike(entry.Key.Value, known) is { } near ? $"'{near}'?" : $"expected one of {string.Join(", ", known.Order(StringComparer.Ordinal).Take(8))}");

    private static string? Alike(string name, IEnumerable<string> known) =>
        known.FirstOrDefault(k => k.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? known.FirstOrDefault(k => name.Length > 3 && (k.StartsWith(name, StringComparison.OrdinalIgnoreCase) || name.StartsWith(k, StringComparison.OrdinalIgnoreCase)));
}
