namespace Signalbox.Audit.Rules;

internal static class GitOpsRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new ExternalSecretNeverRefreshedRule(),
        new ExternalSecretStoreMissingRule(),
        new FluxHealthNotAwaitedRule(),
        new FluxReferenceMissingRule(),
        new FluxReleaseWithoutRemediationRule(),
        new FluxSourceNotVerifiedRule(),
        new FluxVersionWildcardRule(),
        new GitopsDefaultProjectRule(),
        new GitopsForceReplaceRule(),
        new GitopsPathMissingRule(),
        new GitopsPruneDisabledRule(),
        new GitopsSelfHealDisabledRule(),
        new GitopsTracksMutableRefRule(),
        new GitopsWildcardProjectRule(),
        new SecretCommittedBesideStoreRule(),
        new WorkloadSecretMissingRule(),
    ];
}
