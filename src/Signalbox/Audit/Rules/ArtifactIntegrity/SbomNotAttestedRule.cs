using Signalbox.Audit.Readers;
using Signalbox.Pipelines;

namespace Signalbox.Audit.Rules;

internal sealed class SbomNotAttestedRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "sbom-not-attested", "No bill of materials attested", Theme.ArtifactIntegrity, RuleSeverity.Low, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "Nobody can answer what is inside later", "Make a bill of materials where the image is built and attest it (sbom: true of docker/build-push-action, actions/attest-sbom, cosign attest)")
    {
        Confidence = Confidence.Medium,
        Persona = Persona.Pedantic,
    };

    public void Check(Repository repository, Report report)
    {
        if (EvidenceChain.Does(repository, a => a.Kind == ActivityKind.Sbom) || repository.All<PipelineStep>().Any(s => s.Document.Step.Input("sbom") is { } sbom && sbom != "false")) return;
        foreach (var (file, _, publish) in EvidenceChain.Published(repository))
            report.In(file, publish.Range, "an image is published, and no pipeline of this repository says what is inside", "expected a bill of materials");
    }
}
