using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class SecretInConfigmapRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "secret-in-configmap", "Secret in a ConfigMap", Theme.KubernetesSecrets, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "ConfigMaps are readable by far more subjects",
        "Move the value to a Secret that a manager fills")
    {
        Details = "Keys and lines inside values (`password=…`). Names that say little are shown to `--persona auditor`.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.Kind != "ConfigMap") return;
        foreach (var entry in target.Root.Get("data").Entries())
            if (entry.Value.Text() is { } value && Likeness(entry.Key.Value, value) is not SecretLikeness.None and var likeness)
                report.At(entry.Range, $"{target.Title} holds what looks like a secret in {YamlQuote.Short(entry.Key.Value)}", "expected a Secret", level: likeness == SecretLikeness.Weak ? Level.Auditor : null);
    }

    private static SecretLikeness Likeness(string key, string value)
    {
        if (SecretWords.OfEncoded(value) is not SecretLikeness.None and var own) return own;
        if (value.Trim().Contains('\n')) return Lines(value);
        // a value's own name=value counts before the key's
        if (Lines(value) is not SecretLikeness.None and var line) return line;
        return SecretWords.OfName(key) is var name && SecretWords.IsHarmless(value) ? (name == SecretLikeness.Strong ? SecretLikeness.Weak : SecretLikeness.None) : name;
    }

    private static SecretLikeness Lines(string value)
    {
        var most = SecretLikeness.None;
        foreach (var line in value.AsSpan().EnumerateLines())
        {
            if (line.TrimStart() is ['#' or ';', ..] or ['/', '/', ..]) continue;
            var at = line.IndexOfAny('=', ':');
            if (at <= 0 || at > 80 || line[..at].IndexOfAny(' ', '/') >= 0 && line[..at].Trim().IndexOf(' ') >= 0) continue;
            var (name, set) = (line[..at].Trim().ToString(), line[(at + 1)..].Trim().Trim('"').Trim('\'').ToString());
            if (!SecretWords.IsHarmless(set) && SecretWords.OfName(name) == SecretLikeness.Strong && !set.StartsWith("//", StringComparison.Ordinal)) most = SecretLikeness.Strong;
        }
        return most;
    }
}
