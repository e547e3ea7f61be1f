using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class CronjobWithoutDeadlineRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "cronjob-without-deadline", "Cron job without a start deadline", Theme.Rollout, RuleSeverity.Low, ["kubernetes", "helm", "kustomize"],
        "After a pause missed runs pile up or stop for good",
        "Set startingDeadlineSeconds")
    {
        Persona = Persona.Pedantic,
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.Kind == "CronJob" && !target.IsPartial && target.Spec.Entry("startingDeadlineSeconds") is null)
            report.At(target.Range, $"{target.Title} stops for good once a hundred runs are missed", "expected startingDeadlineSeconds");
    }
}
