namespace Signalbox.Audit.Rules;

internal static class ArtifactIntegrityRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new DeploySkipsEvidenceRule(),
        new DeploysOtherThanScannedRule(),
        new ImageNotScannedRule(),
        new ImageNotSignedRule(),
        new PublishedImageUnusedRule(),
        new SbomNotAttestedRule(),
        new ScanResultIgnoredRule(),
        new TagNeverPublishedRule(),
    ];
}
