using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DuplicateEnvVarRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "duplicate-env-var", "Environment variable set twice", Theme.KubernetesSecrets, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "Which one wins is an accident",
        "Keep one of the two");

    public void Check(PodContainer container, Report report)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var variable in container.Environment)
            if (variable.Entry("name") is { } name && !seen.Add(name.Value.Text() ?? ""))
                report.At(name.Range, $"{container.Title} sets {YamlQuote.Short(name.Value.Text() ?? "")} twice", "the last one wins");
    }
}
