using Signalbox.Audit.Images;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ImageNotPinnedDigestRule : Rule, IPinsImages, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "image-not-pinned-digest", "Workload image not pinned to a digest", Theme.Image, RuleSeverity.Low, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "Only a digest is what was tested",
        "Add the digest to the tag: name:tag@sha256:…")
    {
        Persona = Persona.Auditor,
        Fix = FixSafety.Safe,
        Details = KnownDigests.Source,
    };

    public void Check(Repository repository, Report report)
    {
        foreach (var (file, container) in repository.All<PodContainer>())
            if (container.Root.Entry("image") is { Value: YamlScalar scalar } entry && container.EffectiveImage is { Digest: null } image)
                report.In(file, entry.Range, $"{container.Title} runs {YamlQuote.Short(scalar.Value)}, whose digest may change", "expected @sha256:…",
                    fix: entry.Alias is null && container.RunsAsWritten ? KnownDigests.Of(repository).Pin(file, scalar.Range, scalar.Value, image) : null);
    }
}
