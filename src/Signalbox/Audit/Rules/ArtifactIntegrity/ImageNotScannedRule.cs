using Signalbox.Pipelines;

namespace Signalbox.Audit.Rules;

internal sealed class ImageNotScannedRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "image-not-scanned", "Built image never scanned", Theme.ArtifactIntegrity, RuleSeverity.Medium, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "Known vulnerabilities ship unseen", "Scan the image before it is published or deployed, and let the scan fail (trivy image --exit-code 1)")
    {
        Confidence = Confidence.Medium,
        Persona = Persona.Regular,
        Details = "One finding for each pipeline that publishes. A scan of sources or of their dependencies is none of the image. Called workflows, composite actions and the repository's other pipelines count, and so does GitLab's own Container-Scanning template.",
    };

    public void Check(Repository repository, Report report)
    {
        if (EvidenceChain.Does(repository, a => a.IsOfImage) || repository.All<Pipeline>().Any(p => p.Document.Inclusions.Any(Scans))) return;
        foreach (var (file, _, publish) in EvidenceChain.Published(repository))
            report.In(file, publish.Range, "an image is published, and no pipeline of this repository scans one", "expected a scan of the image");
    }

    // docs.gitlab.com, "Container scanning": a template or component brings the job; Auto DevOps takes that template in
    private static bool Scans(Inclusion inclusion) => inclusion.Source.Contains("container-scanning", StringComparison.OrdinalIgnoreCase) || inclusion.Source.Contains("Auto-DevOps", StringComparison.OrdinalIgnoreCase);
}
