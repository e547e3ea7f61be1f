using Signalbox.Pipelines;

namespace Signalbox.Audit.Rules;

internal sealed class ImageNotSignedRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "image-not-signed", "Built image never signed", Theme.ArtifactIntegrity, RuleSeverity.Medium, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "The cluster cannot tell this image from another", "Sign the image by digest where it is built (cosign sign, actions/attest-build-provenance), and verify it where it is deployed")
    {
        Confidence = Confidence.Medium,
        Persona = Persona.Pedantic,
        Details = "One finding for each pipeline that publishes. Called workflows, composite actions and the repository's other pipelines count.",
    };

    public void Check(Repository repository, Report report)
    {
        if (EvidenceChain.Does(repository, a => a.Kind is ActivityKind.Sign or ActivityKind.Attest)) return;
        foreach (var (file, _, publish) in EvidenceChain.Published(repository))
            report.In(file, publish.Range, "an image is published, and no pipeline of this repository signs or attests anything", "expected a signature");
    }
}
