using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class FluxReleaseWithoutRemediationRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "flux-release-without-remediation", "HelmRelease without remediation", Theme.GitOps, RuleSeverity.High, ["flux"],
        "A failed upgrade stays failed",
        "Set upgrade.remediation.retries: 3 (it rolls back between them), or upgrade.strategy.name: RetryOnFailure")
    {
        Fix = FixSafety.Unsafe,
        Details = "The controller's default is no retry, and then nothing is rolled back. Not found where a Kustomization of the repository patches HelmReleases with a remediation, or Kustomizations with such a patch.",
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        if (cluster.OfKind("Kustomization").Any(k => Flux.IsKustomization(k.Document) && Patches(k.Document))) return;
        foreach (var (file, target) in cluster.OfKind("HelmRelease"))
        {
            if (!Flux.IsRelease(target) || target.Spec is not YamlMapping spec || IsRemedied(spec.Get("upgrade"))) continue;
            report.In(file, spec.Get("upgrade", "remediation").Entry("retries")?.Range ?? spec.Entry("upgrade")?.Key.Range ?? target.Range, $"{target.Title} stays as it is when an upgrade fails", "expected upgrade.remediation.retries",
                fix: ManifestFix.In(file, FixSafety.Unsafe, "roll back and try again", ManifestFix.Set(file.Text, spec, "3", "upgrade", "remediation", "retries")));
        }
    }

    private static bool IsRemedied(YamlNode? upgrade) =>
        upgrade.Get("remediation").Text("retries") is { } retries && retries != "0" || upgrade.Get("remediation").Switch("remediateLastFailure") == true || upgrade.Get("strategy").Text("name") == "RetryOnFailure";

    private static bool Patches(KubernetesObject kustomization) => kustomization.Spec.Get("patches").Items().Any(p =>
        p.Get("target").Text("kind") is null or "HelmRelease" or "Kustomization" && p.Text("patch") is { } patch && patch.Contains("HelmRelease", StringComparison.Ordinal) && (patch.Contains("remediation", StringComparison.Ordinal) || patch.Contains("RetryOnFailure", StringComparison.Ordinal)));
}
