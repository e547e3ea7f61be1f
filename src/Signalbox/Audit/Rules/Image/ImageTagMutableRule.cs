using Signalbox.Audit.Compose;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ImageTagMutableRule : Rule, IChecks<PodContainer>, IChecks<ComposeService>
{
    public override RuleInfo Info { get; } = new(
        "image-tag-mutable", "Workload image untagged or latest", Theme.Image, RuleSeverity.Medium, ["kubernetes", "compose", "helm", "kustomize", "argo-rollouts"],
        "The same manifest runs other code tomorrow and cannot roll back",
        "Name the version that was tested, best by its digest");

    public void Check(PodContainer container, Report report)
    {
        if (container.Role == ContainerRole.Ephemeral || container.EffectiveImage is not { } image) return;
        if (image.IsMutable)
            report.At(container.Root.Entry("image")?.Range ?? container.Range, $"{container.Title} runs {YamlQuote.Short(image.Name)} {(image.Tag is null ? "without a tag, which means latest" : "at " + (image.Tag.Length == 0 ? "an empty tag" : image.Tag))}", "expected a version or a digest");
    }

    public void Check(ComposeService service, Report report)
    {
        // what is built here is called as one likes
        if (!service.IsBuilt && service.Image is { IsMutable: true } image)
            report.At(service.Root.Entry("image")!.Range, $"{service.Title} runs {YamlQuote.Short(image.Name)} {(image.Tag is null ? "without a tag, which means latest" : "at " + (image.Tag.Length == 0 ? "an empty tag" : image.Tag))}", "expected a version or a digest");
    }
}
