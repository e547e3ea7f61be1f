using Signalbox.Audit.Images;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class BaseImageNotPinnedDigestRule : Rule, IPinsImages, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "base-image-not-pinned-digest", "Base image not pinned to a digest", Theme.Dockerfile, RuleSeverity.Low, ["dockerfile"],
        "Only a digest is what was tested",
        "Add the digest to the tag: name:tag@sha256:…")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Safe,
        Details = KnownDigests.Source,
    };

    public void Check(Repository repository, Report report)
    {
        foreach (var (file, dockerfile) in repository.All<Docker.Dockerfile>())
            foreach (var stage in dockerfile.Stages)
                if (stage.Outside is { Digest: null } image)
                {
                    var place = stage.From.Arguments.InFile(stage.ImageWord.Range);
                    report.In(file, place, $"the build starts from {YamlQuote.Short(stage.Image)}, whose digest may change", "expected @sha256:…",
                        fix: KnownDigests.Of(repository).Pin(file, place, stage.ImageWord.Text, image));
                }
    }
}
