using Signalbox.Audit.Images;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class BaseImageMutableRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "base-image-mutable", "Base image untagged or latest", Theme.Dockerfile, RuleSeverity.Medium, ["dockerfile"],
        "Each build may start from another image",
        "Name the version, best with its digest")
    {
        Fix = FixSafety.Unsafe,
        Details = KnownDigests.Source + " It is unsafe where the newest image is what is wanted.",
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var stage in file.Stages)
            if (stage.Outside is { IsMutable: true } image && stage.From.Arguments.InFile(stage.ImageWord.Range) is var place)
                report.At(place, $"the build starts from {YamlQuote.Short(image.Name)} {(image.Tag is null ? "without a tag, which means latest" : $"at {image.Tag}")}", "expected a version or a digest",
                    fix: KnownDigests.Of(report.Repository).Pin(report.File, place, stage.ImageWord.Text, image, FixSafety.Unsafe));
    }
}
