using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DeprecatedImageRegistryRule : Rule, IChecks<PodContainer>
{
    public override RuleInfo Info { get; } = new(
        "deprecated-image-registry", "Image from a retired registry", Theme.Image, RuleSeverity.Medium, ["kubernetes", "helm", "kustomize"],
        "The old address no longer gets updates",
        "Take the image from registry.k8s.io")
    {
        Fix = FixSafety.Safe,
    };

    public void Check(PodContainer container, Report report)
    {
        if (container.Root.Entry("image") is not { Value: YamlScalar image } entry) return;
        foreach (var (old, now) in RetiredRegistries.All)
            if (image.Value.StartsWith(old, StringComparison.Ordinal))
                report.At(entry.Range, $"{container.Title} takes its image from {old.TrimEnd('/')}, which gets no updates", now is null ? "retired" : $"expected {now.TrimEnd('/')}",
                    fix: now is null ? null : report.Fix(FixSafety.Safe, $"take it from {now.TrimEnd('/')}", YamlPatch.SetScalar(image, now + image.Value[old.Length..])));
    }
}
