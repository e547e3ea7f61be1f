using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class FluxHealthNotAwaitedRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "flux-health-not-awaited", "Kustomization without wait, health checks or timeout", Theme.GitOps, RuleSeverity.Medium, ["flux"],
        "Dependants start before this is healthy",
        "Set wait: true and a timeout, or list healthChecks")
    {
        Fix = FixSafety.Unsafe,
        Details = "Shown to everyone where another Kustomization depends on it, else to `--persona pedantic`. What `flux bootstrap` writes for itself is left out.",
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        var kustomizations = cluster.OfKind("Kustomization").Where(k => Flux.IsKustomization(k.Document)).ToList();
        foreach (var (file, target) in kustomizations)
        {
            if (target.Name == Flux.Bootstrap || target.Spec is not YamlMapping spec || Waits(spec)) continue;
            var dependant = kustomizations.Select(k => k.Document).FirstOrDefault(k => Flux.References(k).Any(r => r.Kind == "Kustomization" && r.Name == target.Name && (r.Namespace is null ? k.SharesNamespace(target) : target.IsIn(r.Namespace))));
            report.In(file, (spec.Entry("wait") ?? spec.Entry("healthChecks"))?.Range ?? target.Range,
                dependant is null ? $"{target.Title} is ready as soon as it is applied, healthy or not" : $"{target.Title} is ready as soon as it is applied, and {dependant.Title} starts after it", "expected wait: true or healthChecks",
                level: dependant is null ? Level.Pedantic : null, fix: ManifestFix.In(file, FixSafety.Unsafe, "wait until it is healthy", ManifestFix.Set(file.Text, spec, "true", "wait")));
        }
    }

    private static bool Waits(YamlMapping spec) =>
        spec.Switch("wait") == true || spec.Get("healthChecks").Items().Count > 0 || spec.Get("healthCheckExprs").Items().Count > 0 || Revision.IsOpen(spec.Text("wait"));
}
