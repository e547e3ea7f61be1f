using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class BaseImageMutableRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "base-image-mutable", "Base image untagged or latest", Theme.Dockerfile, RuleSeverity.Medium, ["dockerfile"],
        "Each build may start from another image",
        "Name the version, best with its digest");

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var stage in file.Stages)
            if (stage.Outside is { IsMutable: true } image)
                report.At(stage.From.Arguments.InFile(stage.ImageWord.Range), $"the build starts from {YamlQuote.Short(image.Name)} {(image.Tag is null ? "without a tag, which means latest" : $"at {image.Tag}")}", "expected a version or a digest");
    }
}
