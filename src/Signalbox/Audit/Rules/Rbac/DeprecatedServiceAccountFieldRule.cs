using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DeprecatedServiceAccountFieldRule : Rule, IChecks<Pod>
{
    public override RuleInfo Info { get; } = new(
        "deprecated-service-account-field", "Deprecated service account field", Theme.Rbac, RuleSeverity.Low, ["kubernetes", "helm", "kustomize"],
        "The old field is ignored by newer tools",
        "Use serviceAccountName")
    {
        Fix = FixSafety.Safe,
    };

    public void Check(Pod pod, Report report)
    {
        if (pod.Spec.Entry("serviceAccount") is not { } old || old.Value.Text() is not { Length: > 0 } account) return;
        var named = pod.Spec.Text("serviceAccountName");
        if (named == account) return;
        report.At(old.Range, named is null or "" ? $"{pod.Owner.Title} names its account in the deprecated serviceAccount" : $"{pod.Owner.Title} names '{YamlQuote.Short(account)}' in serviceAccount and '{YamlQuote.Short(named)}' in serviceAccountName", "expected serviceAccountName alone",
            fix: named is null && old.Alias is null ? report.Fix(FixSafety.Safe, "use serviceAccountName", new TextEdit(old.Key.Range, "serviceAccountName")) : null);
    }
}
