using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DuplicateEnvVarRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "duplicate-env-var", "Environment variable set twice", Theme.KubernetesSecrets, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "Which one wins is an accident",
        "Keep one of the two")
    {
        Fix = FixSafety.Unsafe,
        Details = "The fix keeps the one that the program sees: the last.",
    };

    public void Check(PodContainer container, Report report)
    {
        var seen = new Dictionary<string, YamlMapping>(StringComparer.Ordinal);
        foreach (var variable in container.Environment)
        {
            if (variable.Entry("name") is not { } name) continue;
            if (seen.TryGetValue(name.Value.Text() ?? "", out var earlier))
                report.At(name.Range, $"{container.Title} sets {YamlQuote.Short(name.Value.Text() ?? "")} twice", "the last one wins", fix: Mend(container, earlier, report));
            seen[name.Value.Text() ?? ""] = variable;
        }
    }

    private static Fix? Mend(PodContainer container, YamlMapping earlier, Report report) =>
        container.Root.Find("env") is { Alias: null, Value: YamlSequence list } ? ManifestFix.In(report.File, FixSafety.Unsafe, "keep the last one", YamlPatch.RemoveItem(report.File.Text, list, earlier)) : null;
}
