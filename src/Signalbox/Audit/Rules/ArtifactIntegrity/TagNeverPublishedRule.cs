using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class TagNeverPublishedRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "tag-never-published", "Manifest names a tag no pipeline publishes", Theme.ArtifactIntegrity, RuleSeverity.High, ["kubernetes", "helm", "kustomize"],
        "The deployment cannot pull or pulls something else",
        "Name a tag that the pipeline publishes, best by its digest, or publish the tag that is named")
    {
        Confidence = Confidence.Medium,
        Details = "Only images that a pipeline of this repository publishes, and only where every publication shows its image and the shape of its tag: written out, a commit, a run's number, the tag that started it. Where a pipeline changes manifests before it applies them (`set image`, `sed`, `yq`, `--set`), or an image automation writes tags, nothing is found.",
    };

    public void Check(Repository repository, Report report)
    {
        var cluster = Cluster.Of(repository);
        if (cluster.Known("ImageUpdateAutomation", "ImagePolicy").Any() || PublishedTags.Of(repository) is not { } published) return;
        foreach (var (file, container) in repository.All<PodContainer>())
        {
            if (container.EffectiveImage is not { Tag: { Length: > 0 } tag, Digest: null } image || published.Written(image.Name) is not { } written || published.CanBe(image.Name, tag)) continue;
            report.In(file, container.Root.Entry("image")?.Range ?? container.Range, $"{container.Title} runs {YamlQuote.Short(image.Name)} at {YamlQuote.Short(tag)}, a tag that no pipeline here publishes", $"published: {YamlQuote.Short(string.Join(", ", written), 80)}");
        }
    }
}
