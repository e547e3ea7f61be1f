using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class CronjobRestartPolicyInvalidRule : Rule, IChecks<Pod>
{
    public override RuleInfo Info { get; } = new(
        "cronjob-restart-policy-invalid", "Cron job restart policy missing or invalid", Theme.Rollout, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "The API server rejects the job",
        "Set restartPolicy: OnFailure or Never")
    {
        Fix = FixSafety.Unsafe,
    };

    public void Check(Pod pod, Report report)
    {
        if (pod.Owner.Kind is not ("CronJob" or "Job") || pod.Owner.IsPartial) return;
        var policy = pod.Spec.Entry("restartPolicy");
        if (policy?.Value.Text() is "OnFailure" or "Never") return;
        report.At(policy?.Range ?? pod.Owner.Range, $"{pod.Owner.Title} {(policy is null ? "says nothing about restarts" : $"has restartPolicy {YamlQuote.Short(policy.Value.Text() ?? "")}")}", "expected OnFailure or Never",
            fix: report.Set(FixSafety.Unsafe, "start it again when it fails", pod.Spec, "OnFailure", "restartPolicy"));
    }
}
