using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ExternalSecretNeverRefreshedRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "external-secret-never-refreshed", "Refresh interval is zero", Theme.GitOps, RuleSeverity.Medium, ["external-secrets"],
        "A rotated secret is never picked up",
        "Set refreshInterval: 1h")
    {
        Fix = FixSafety.Unsafe,
        Details = "A generator makes another value each time, so zero is right for it; and a refreshPolicy that never looks again is a decision. Neither is found.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (!ExternalSecrets.Is(target) || ExternalSecrets.Spec(target) is not YamlMapping spec || spec.Text("refreshPolicy") is "CreatedOnce" or "OnChange") return;
        if (spec.Entry("refreshInterval") is not { } interval || GoDuration.Parse(interval.Value.Text()) != TimeSpan.Zero || Generates(spec)) return;
        report.At(interval.Range, $"{target.Title} is read once and never again", "expected 1h or the like",
            fix: interval.Value is YamlScalar scalar && interval.Alias is null ? report.Fix(FixSafety.Unsafe, "read it every hour", YamlPatch.SetScalar(scalar, "1h")) : null);
    }

    private static bool Generates(YamlMapping spec) => spec.Get("dataFrom").Items().Any(s => s.Get("sourceRef", "generatorRef") is not null);
}
