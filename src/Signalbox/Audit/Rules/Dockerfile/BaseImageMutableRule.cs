using Signalbox.Audit.Images;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class BaseImageMutableRule : Rule, IPinsImages, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "base-image-mutable", "Base image untagged or latest", Theme.Dockerfile, RuleSeverity.Medium, ["dockerfile"],
        "Each build may start from another image",
        "Name the version, best with its digest")
    {
        Fix = FixSafety.Unsafe,
        Details = "A name of one part that the repository gives itself (a stage of another Dockerfile, what a pipeline, Compose or Skaffold builds) is left alone. " + KnownDigests.Source,
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var stage in file.Stages)
        {
            if (stage.Outside is not { IsMutable: true } image || OwnImages.Of(report.Repository).IsBase(image)) continue;
            var place = stage.From.Arguments.InFile(stage.ImageWord.Range);
            report.At(place, $"the build starts from {YamlQuote.Short(image.Name)} {(image.Tag is null ? "without a tag, which means latest" : $"at {image.Tag}")}", "expected a version or a digest",
                fix: KnownDigests.Of(report.Repository).Pin(report.File, place, stage.ImageWord.Text, image));
        }
    }
}
