using Signalbox.Audit.Kubernetes;
using Signalbox.Audit.Kustomize;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class SecretInConfigmapRule : Rule, IChecks<KubernetesObject>, IChecks<Kustomization>
{
    public override RuleInfo Info { get; } = new(
        "secret-in-configmap", "Secret in a ConfigMap", Theme.KubernetesSecrets, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "ConfigMaps are readable by far more subjects",
        "Move the value to a Secret that a manager fills")
    {
        Details = "Keys and what stands inside values (`password=…`), as long as it is written out: calls, lists, variables, references and tags (`!env_var`) are no secrets, and in scripts only what stands in quotes is one. Names that say little are shown to `--persona auditor`.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.Kind != "ConfigMap") return;
        foreach (var entry in target.Root.Get("data").Entries())
            if (entry.Value.Text() is { } value) Say(target.Title, entry.Key.Value, value, entry.Range, report);
    }

    public void Check(Kustomization kustomization, Report report)
    {
        foreach (var generator in kustomization.Generators.Where(g => g.Kind == "ConfigMap"))
            foreach (var literal in generator.Root.Get("literals").Items().OfType<YamlScalar>())
                if (literal.Value.Split('=', 2) is [var key, var value]) Say($"configMapGenerator '{YamlQuote.Short(generator.Name)}'", key, value.Trim('"', '\''), literal.Range, report);
    }

    private static void Say(string holder, string key, string value, TextRange at, Report report)
    {
        if (Likeness(key, value) is not SecretLikeness.None and var likeness)
            report.At(at, $"{holder} holds what looks like a secret in {YamlQuote.Short(key)}", "expected a Secret", level: likeness == SecretLikeness.Weak ? Level.Auditor : null);
    }

    private static SecretLikeness Likeness(string key, string value)
    {
        var own = SecretWords.OfEncoded(value);
        // a value's own name=value counts before the key's
        if (own == SecretLikeness.Strong || WrittenSecrets.In(key, value)) return SecretLikeness.Strong;
        if (own == SecretLikeness.Weak || value.Trim().Contains('\n') || WrittenSecrets.IsFile(key)) return own;
        if (SecretWords.NamesObject(key, value)) return SecretLikeness.None;
        return SecretWords.OfName(key) is var name && WrittenSecrets.IsLiteral(value.Trim(), isText: true) ? name : name == SecretLikeness.Strong ? SecretLikeness.Weak : SecretLikeness.None;
    }
}
