using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class TopologySpreadMissingRule : Rule, IChecks<Pod>
{
    public override RuleInfo Info { get; } = new(
        "topology-spread-missing", "No topology spread", Theme.Rollout, RuleSeverity.Low, ["kubernetes", "helm", "kustomize"],
        "Replicas may share one zone",
        "Add a topologySpreadConstraint over topology.kubernetes.io/zone that selects the pod's labels")
    {
        Persona = Persona.Pedantic,
        Details = "Where nothing is said the scheduler's own defaults apply: shown to `--persona auditor` unless the workload runs two pods or more. A constraint that the API refuses counts as none.",
    };

    public void Check(Pod pod, Report report)
    {
        if (pod.Owner.IsPartial || pod.Owner.Kind is "Job" or "CronJob" or "DaemonSet" or "ScaledJob") return;
        var constraints = pod.Spec.Entry("topologySpreadConstraints");
        var wrong = constraints?.Value.Items().FirstOrDefault(c => !IsValid(c));
        if (constraints?.Value.Items().Count > 0 && wrong is null) return;
        report.At(wrong?.Range ?? constraints?.Range ?? pod.Owner.Range, $"{pod.Owner.Title} {(wrong is null ? "does not say how its pods spread over zones" : "has a spread constraint that is not valid")}", "expected topologySpreadConstraints",
            level: wrong is not null || pod.Owner.Spec.Number("replicas") is > 1 ? null : Level.Auditor);
    }

    // core/v1 TopologySpreadConstraint
    private static bool IsValid(YamlNode constraint) =>
        constraint.Number("maxSkew") is > 0 && constraint.Text("topologyKey") is { Length: > 0 } && constraint.Text("whenUnsatisfiable") is null or "DoNotSchedule" or "ScheduleAnyway"
        && (constraint.Get("minDomains") is null || constraint.Number("minDomains") is > 0) && constraint.Get("labelSelector") is not null;
}
