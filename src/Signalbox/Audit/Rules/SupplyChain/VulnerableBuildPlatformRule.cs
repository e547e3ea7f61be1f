using Signalbox.Audit.Compose;
using Signalbox.Audit.Docker;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class VulnerableBuildPlatformRule : Rule, IChecks<PodContainer>, IChecks<ComposeService>, IChecks<Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "vulnerable-build-platform", "Build platform version with a known vulnerability", Theme.SupplyChain, RuleSeverity.High, ["gitlab-ci", "jenkins", "kubernetes", "dockerfile"],
        "The server itself has a published advisory",
        "Update the server to the version that mends it")
    {
        Details = "Which server runs a pipeline does not stand in the pipeline. Found is what stands in files: images of GitLab, Jenkins and TeamCity servers in manifests, Compose files and Dockerfiles, whose version has an advisory that lets an outsider take over. Tags that name no full version are not judged.",
    };

    public void Check(PodContainer container, Report report) => Check(container.EffectiveImage, container.Root.Entry("image"), container.Title, report);

    public void Check(ComposeService service, Report report) => Check(service.Image, service.Root.Entry("image"), service.Title, report);

    public void Check(Dockerfile dockerfile, Report report)
    {
        foreach (var stage in dockerfile.Stages)
            if (stage.Outside is { } image && BuildPlatforms.Of(image) is { } advisory) Found(image, advisory, stage.ImageWord.Range, "the image", report);
    }

    private static void Check(WrittenImage? image, YamlEntry? entry, string title, Report report)
    {
        if (image is not null && entry is not null && BuildPlatforms.Of(image) is { } advisory) Found(image, advisory, entry.Range, title, report);
    }

    private static void Found(WrittenImage image, PlatformAdvisory advisory, TextRange range, string title, Report report) =>
        report.At(range, $"{title} is {image.Name} {YamlQuote.Short(image.Tag!)}, which has {advisory.Id}: {advisory.What}", "expected a version that mends it");
}
