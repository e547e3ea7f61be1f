using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class FluxVersionWildcardRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "flux-version-wildcard", "Chart version range accepts anything", Theme.GitOps, RuleSeverity.Medium, ["flux"],
        "A new major version arrives without review",
        "Name a version, or a range that ends before the next major version: 6.x")
    {
        Details = "`*`, no version at all (the controller's default is `*`) and ranges without an upper end, for charts and OCI artifacts. Charts of a Git repository or bucket have no version to choose.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (target.IsPartial) return;
        if (Flux.IsRelease(target) && target.Spec.Mapping("chart")?.Mapping("spec") is { } chart) Chart(target, chart, report);
        if (Flux.IsSource(target, "HelmChart") && target.Spec is YamlMapping own) Chart(target, own, report);
        if (Flux.IsSource(target, "OCIRepository") && target.Spec.Get("ref").Entry("semver") is { } range && target.Spec.Get("ref").Text("digest") is null && !Revision.IsOpen(range.Value.Text()) && Revision.IsUnbounded(range.Value.Text()))
            report.At(range.Range, $"{target.Title} takes whatever version is newest", "expected an upper end");
    }

    private static void Chart(KubernetesObject target, YamlMapping chart, Report report)
    {
        if (chart.Get("sourceRef").Text("kind") is "GitRepository" or "Bucket" || chart.Text("chart") is not { } name) return;
        var version = chart.Entry("version");
        if (Revision.IsOpen(version?.Value.Text()) || !Revision.IsUnbounded(version?.Value.Text())) return;
        report.At((version ?? chart.Entry("chart")!).Range, $"{target.Title} takes {(version is null ? "any version" : YamlQuote.Short(version.Value.Text() ?? "any version"))} of chart '{YamlQuote.Short(name)}'", "expected a version or an upper end");
    }
}
