using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class JobNeverCleanedUpRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "job-never-cleaned-up", "Finished jobs are kept forever", Theme.Rollout, RuleSeverity.Low, ["kubernetes", "helm", "kustomize"],
        "Old jobs fill the API server",
        "Set ttlSecondsAfterFinished")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Safe,
        Details = "Jobs of their own. A CronJob keeps few of its jobs by itself, and hooks of Helm and Argo CD are deleted by them. A CronJob that keeps none at all, or many, is not judged.",
    };

    // a day is enough to look at what went wrong
    private const string Day = "86400";

    public void Check(KubernetesObject target, Report report)
    {
        if (target.Kind != "Job" || target.IsPartial || target.Spec is not YamlMapping spec || spec.Entry("ttlSecondsAfterFinished") is not null) return;
        if (target.Annotation("helm.sh/hook") is not null || target.Annotation("argocd.argoproj.io/hook") is not null) return;
        report.At(target.Range, $"{target.Title} stays when it has finished", "expected ttlSecondsAfterFinished",
            fix: report.Set(FixSafety.Safe, "delete it a day after its end", spec, Day, "ttlSecondsAfterFinished"));
    }
}
