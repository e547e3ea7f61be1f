using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DeploysOtherThanScannedRule : Rule, IChecks<Pipeline>
{
    public override RuleInfo Info { get; } = new(
        "deploys-other-than-scanned", "Deployed reference is not the scanned digest", Theme.ArtifactIntegrity, RuleSeverity.High, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "A tag can move between scan and deploy", "Hand the digest of the build on to scan and deploy: image@${{ needs.build.outputs.digest }}")
    {
        Details = "Compares the image a pipeline scans with the image it deploys, where both are named. Another tag of the same image is shown to everyone; the same tag instead of a digest is pedantic.",
    };

    public void Check(Pipeline pipeline, Report report)
    {
        var scanned = pipeline.Jobs.SelectMany(j => j.Activities).Where(a => a.Kind == ActivityKind.Scan && Image.Parse(a.Subject) is not null).ToList();
        if (scanned.Count == 0) return;
        foreach (var deploy in pipeline.Jobs.SelectMany(j => j.Deploys))
        {
            if (Image.Parse(deploy.Subject) is not { } deployed || scanned.FirstOrDefault(s => Image.Parse(s.Subject)!.Name == deployed.Name) is not { } scan || deployed.IsDigest) continue;
            var same = scanned.Any(s => Image.Parse(s.Subject) == deployed);
            report.In(report.File, deploy.Range, same
                ? $"'{YamlQuote.Short(deploy.Subject!)}' is deployed by the tag that was scanned; the tag may have moved since"
                : $"'{YamlQuote.Short(deploy.Subject!)}' is deployed, but '{YamlQuote.Short(scan.Subject!)}' was scanned", "expected the scanned digest", level: same ? Level.Pedantic : null, related: report.File.At(scan.Range, "this was scanned"));
        }
    }

    private sealed record Image(string Name, string Version, bool IsDigest)
    {
        public static Image? Parse(string? reference)
        {
            if (string.IsNullOrWhiteSpace(reference) || reference.Contains('\n') || reference.StartsWith('-')) return null;
            var text = reference.Replace(" ", "", StringComparison.Ordinal);
            if (text.IndexOf('@') is > 0 and var at) return new(text[..at], text[(at + 1)..], true);
            var slash = text.LastIndexOf('/');
            var colon = text.LastIndexOf(':');
            return colon > slash && colon > 0 ? new(text[..colon], text[(colon + 1)..], false) : slash > 0 ? new(text, "latest", false) : null;
        }
    }
}
