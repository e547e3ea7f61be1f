using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class RollbackHistoryDisabledRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "rollback-history-disabled", "Revision history limit is zero", Theme.Delivery, RuleSeverity.High, ["kubernetes", "argo-rollouts"],
        "Without old revisions undo has nothing to return to",
        "Set revisionHistoryLimit to the number of releases you may want to return to")
    {
        Fix = FixSafety.Safe,
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.Kind is "Deployment" or "StatefulSet" or "DaemonSet" or "Rollout" or "DeploymentConfig" && target.Spec.Entry("revisionHistoryLimit") is { } limit && limit.Value.Number() == 0)
            report.At(limit.Range, $"{target.Title} keeps no earlier revision", "undo has nothing to return to",
                fix: report.Fix(FixSafety.Safe, "keep ten revisions, as Kubernetes does by default", YamlPatch.SetValue(report.File.Text, limit, "10")));
    }
}
