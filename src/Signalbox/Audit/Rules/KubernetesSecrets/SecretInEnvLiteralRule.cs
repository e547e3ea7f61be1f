using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class SecretInEnvLiteralRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "secret-in-env-literal", "Secret written as an environment value", Theme.KubernetesSecrets, RuleSeverity.High, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "The manifest in Git is the leak",
        "Keep the value in a Secret that a manager fills, and refer to it with valueFrom.secretKeyRef")
    {
        Details = "By name (password, token, secret …) and by value (private keys, tokens of known issuers, passwords in addresses). Names that say little, such as a bare `key`, are shown to `--persona auditor`.",
    };

    public void Check(PodContainer container, Report report)
    {
        foreach (var variable in container.Environment)
        {
            if (variable.Entry("value") is not { } entry || entry.Value.Text() is not { } value || SecretWords.IsHarmless(value)) continue;
            var name = variable.Text("name") ?? "";
            var likeness = (SecretLikeness)Math.Max((int)SecretWords.OfName(name), (int)SecretWords.OfValue(value));
            if (likeness != SecretLikeness.None)
                report.At(entry.Range, $"{container.Title} has {YamlQuote.Short(name)} written into the manifest", "expected valueFrom.secretKeyRef", level: likeness == SecretLikeness.Weak ? Level.Auditor : null);
        }
    }
}
