using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DeprecatedApiVersionRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "deprecated-api-version", "API version deprecated or removed", Theme.Image, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "The next cluster upgrade rejects the object",
        "Use the API version that replaced it")
    {
        Fix = FixSafety.Unsafe,
        Details = "By kubernetes.io/docs/reference/using-api/deprecation-guide: every version that Kubernetes no longer serves. Patches that no kustomization takes in are left out. The version is replaced where the new one has the same fields.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.Placement.IsUnused || RemovedApis.Find(target.ApiVersion, target.Kind) is not { } removed) return;
        report.At(target.Root.Entry("apiVersion")?.Range ?? target.Range, $"{target.Title} uses {YamlQuote.Short(target.ApiVersion)}, which Kubernetes {removed.Since} no longer serves", removed.Use is null ? "nothing replaced it" : $"expected {removed.Use}",
            fix: removed.Use is { } use && RemovedApis.HasSameFields(target) ? report.Set(FixSafety.Unsafe, $"use {use}", target.Root, use, "apiVersion") : null);
    }
}
