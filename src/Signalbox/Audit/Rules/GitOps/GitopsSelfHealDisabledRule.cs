using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class GitopsSelfHealDisabledRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "gitops-self-heal-disabled", "Auto-sync without self-heal", Theme.GitOps, RuleSeverity.Medium, ["argo-cd"],
        "Manual drift stays",
        "Set syncPolicy.automated.selfHeal: true")
    {
        Fix = FixSafety.Unsafe,
        Details = "Applications that sync by themselves. An ApplicationSet with a templatePatch may set it there and is not judged.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (ArgoApplication.Of(target) is not { Automated: { } automated, IsPatched: false } application || automated.Value is not YamlMapping settings) return;
        var entry = settings.Entry("selfHeal");
        if (entry is not null && entry.Value.Switch() != false && !entry.Value.IsEmpty()) return;
        report.At(entry?.Range ?? automated.Key.Range, $"{application.Owner.Title} syncs by itself, but leaves what was changed by hand", "expected selfHeal: true",
            fix: automated.Alias is null ? report.Set(FixSafety.Unsafe, "undo changes by hand", settings, "true", "selfHeal") : null);
    }
}
