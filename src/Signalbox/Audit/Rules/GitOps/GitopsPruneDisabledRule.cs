using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class GitopsPruneDisabledRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "gitops-prune-disabled", "Removed objects are not pruned", Theme.GitOps, RuleSeverity.Medium, ["argo-cd", "flux"],
        "Deleted manifests keep running",
        "Argo CD: syncPolicy.automated.prune: true; Flux: spec.prune: true. Keep single objects with an annotation (Prune=false, kustomize.toolkit.fluxcd.io/prune: disabled)")
    {
        Fix = FixSafety.Unsafe,
        Details = "Applications that sync by themselves, and Kustomizations of Flux. What holds definitions (`crds`) or namespaces, by its name or path, is kept on purpose: shown to `--persona pedantic`.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (ArgoApplication.Of(target) is { Automated: { Value: YamlMapping settings } automated, IsPatched: false } application)
        {
            var entry = settings.Entry("prune");
            if (entry is not null && entry.Value.Switch() != false && !entry.Value.IsEmpty()) return;
            report.At(entry?.Range ?? automated.Key.Range, $"{target.Title} leaves in the cluster what was removed from Git", "expected prune: true", level: Kept(target.Name, string.Join(' ', application.Sources.Select(s => s.Path))),
                fix: automated.Alias is null ? report.Set(FixSafety.Unsafe, "remove what Git no longer has", settings, "true", "prune") : null);
        }
        else if (Flux.IsKustomization(target) && target.Spec.Entry("prune") is { } prune && prune.Value.Switch() == false)
            report.At(prune.Range, $"{target.Title} leaves in the cluster what was removed from Git", "expected prune: true", level: Kept(target.Name, target.Spec.Text("path")),
                fix: prune.Alias is null ? report.Fix(FixSafety.Unsafe, "remove what Git no longer has", YamlPatch.SetValue(report.File.Text, prune, "true")) : null);
    }

    private static Level? Kept(string name, string? path) =>
        $"{name} {path}" is var text && (text.Contains("crd", StringComparison.OrdinalIgnoreCase) || text.Contains("namespace", StringComparison.OrdinalIgnoreCase)) ? Level.Pedantic : null;
}
