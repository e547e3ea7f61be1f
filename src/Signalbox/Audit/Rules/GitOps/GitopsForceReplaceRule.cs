using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class GitopsForceReplaceRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "gitops-force-replace", "Sync replaces or forces objects", Theme.GitOps, RuleSeverity.High, ["argo-cd"],
        "Replace recreates objects and drops traffic",
        "Take the option out, or use ServerSideApply=true; where one object needs it, set it on that object alone")
    {
        Details = "`Replace=true` and `Force=true` in syncOptions of an Application, and in the sync-options of a workload, Service or route. Jobs cannot be changed in place, and large definitions cannot be applied: there it is the documented way, and nothing is found. Other objects, and applications of definitions by their name or path (`crds`), are shown to `--persona auditor`.",
    };

    private const string Annotation = "argocd.argoproj.io/sync-options";

    private static readonly HashSet<string> s_carryTraffic = new(StringComparer.Ordinal)
    {
        "Deployment", "StatefulSet", "DaemonSet", "Rollout", "Pod", "Service", "Ingress", "HTTPRoute", "GRPCRoute", "Gateway", "VirtualService",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (ArgoApplication.Of(target) is { } application)
            foreach (var option in application.Spec.Get("syncPolicy", "syncOptions").Items().Where(o => Replaces(o.Text()) is not null))
                report.At(option, $"{target.Title} syncs with {Replaces(option.Text())}", "objects are deleted and made anew", level: application.HoldsDefinitions ? Level.Auditor : null);
        if (target.Kind is "Job" or "CustomResourceDefinition" || target.Metadata.Get("annotations").Entry(Annotation) is not { } entry || Replaces(entry.Value.Text()) is not { } replaces) return;
        report.At(entry.Range, $"{target.Title} is synced with {replaces}", "it is deleted and made anew", level: s_carryTraffic.Contains(target.Kind) ? null : Level.Auditor);
    }

    private static string? Replaces(string? options) =>
        options?.Split(',', StringSplitOptions.TrimEntries).FirstOrDefault(o => o is "Replace=true" or "Force=true");
}
