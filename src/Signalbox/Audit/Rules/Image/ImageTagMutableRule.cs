using Signalbox.Audit.Compose;
using Signalbox.Audit.Images;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ImageTagMutableRule : Rule, IPinsImages, IChecks<PodContainer>, IChecks<ComposeService>
{
    public override RuleInfo Info { get; } = new(
        "image-tag-mutable", "Workload image untagged or latest", Theme.Image, RuleSeverity.Medium, ["kubernetes", "compose", "helm", "kustomize", "argo-rollouts"],
        "The same manifest runs other code tomorrow and cannot roll back",
        "Name the version that was tested, best by its digest")
    {
        Fix = FixSafety.Unsafe,
        Details = "Images that the repository builds are left alone: those that skaffold.yaml replaces in manifests, and those that another service of a Compose file builds or `pull_policy: never` keeps from being pulled. " + KnownDigests.Source,
    };

    public void Check(PodContainer container, Report report)
    {
        if (container.Role == ContainerRole.Ephemeral || container.EffectiveImage is not { Repository.Length: > 0 } image) return;
        if (image.IsMutable && !OwnImages.Of(report.Repository).IsReplaced(image)) Say(container.Title, image, container.Root.Entry("image"), container.Range, report, container.RunsAsWritten);
    }

    public void Check(ComposeService service, Report report)
    {
        // what is built here is called as one likes
        if (!service.IsBuilt && !OwnImages.IsNeverPulled(service) && service.Image is { IsMutable: true, Repository.Length: > 0 } image && !OwnImages.Of(report.Repository).IsBuilt(image)) Say(service.Title, image, service.Root.Entry("image"), service.Place.Range, report);
    }

    private static void Say(string who, WrittenImage image, YamlEntry? entry, TextRange otherwise, Report report, bool asWritten = true)
    {
        var tag = image.Tag switch { null => "without a tag, which means latest", "" => "at an empty tag", _ => "at " + image.Tag };
        report.At(entry?.Range ?? otherwise, $"{who} runs {YamlQuote.Short(image.Name)} {tag}", "expected a version or a digest",
            fix: asWritten && entry is { Alias: null, Value: YamlScalar scalar } ? KnownDigests.Of(report.Repository).Pin(report.File, scalar.Range, scalar.Value, image) : null);
    }
}
