using Signalbox.Audit.Compose;
using Signalbox.Audit.Kubernetes;
using Signalbox.Audit.Kustomize;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed partial class SecretInEnvLiteralRule : Rule, IChecks<PodContainer>, IChecks<ComposeService>, IChecks<EnvFile>
{
    public override RuleInfo Info { get; } = new(
        "secret-in-env-literal", "Secret written as an environment value", Theme.KubernetesSecrets, RuleSeverity.High, ["kubernetes", "compose", "helm", "kustomize", "argo-rollouts"],
        "The manifest in Git is the leak",
        "Keep the value in a Secret that a manager fills, and refer to it with valueFrom.secretKeyRef")
    {
        Details = "By name (password, token, secret …) and by value (private keys, tokens of known issuers, passwords in addresses). Names that say little, such as a bare `key`, are shown to `--persona auditor`. In Compose and `.env` files, which most often start a developer's machine, well-known defaults (`postgres`, `password`) and files for development are shown to `--persona pedantic`; a cluster's manifest counts in full, as what it starts is reached by others. Commands that print a secret (`…_CMD`) and values that say nobody uses them (`do-not-use`, `invalid`) are no secrets; a `.env` that Git ignores and does not hold and one that is encrypted are no finding.",
    };

    public void Check(PodContainer container, Report report)
    {
        foreach (var variable in container.Environment)
        {
            if (variable.Entry("value") is not { } entry || entry.Value.Text() is not { } value || SecretWords.IsHarmless(value)) continue;
            var name = variable.Text("name") ?? "";
            if (SecretWords.NamesObject(name, value)) continue;
            // a script puts the value in its place: API_KEY_VALUE for API_KEY
            if (name.Length > 0 && value.StartsWith(name, StringComparison.Ordinal) && value.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_')) continue;
            var likeness = (SecretLikeness)Math.Max((int)SecretWords.OfName(name), (int)SecretWords.OfValue(value));
            if (likeness != SecretLikeness.None && PatchPlaces.Of(report.Repository, report.File, entry) is var (source, range))
                report.In(source, range, $"{container.Title} has {YamlQuote.Short(name)} written into the manifest", "expected valueFrom.secretKeyRef", level: likeness == SecretLikeness.Weak ? Level.Auditor : null);
        }
    }
}
