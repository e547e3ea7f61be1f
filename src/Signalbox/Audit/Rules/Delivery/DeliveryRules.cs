namespace Signalbox.Audit.Rules;

internal static class DeliveryRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new BlindRetryRule(),
        new DeployCancelledMidwayRule(),
        new DeployReachableFromPullRequestRule(),
        new DeployWithoutConcurrencyRule(),
        new DeployWithoutEnvironmentRule(),
        new FailureIgnoredRule(),
        new HelmUpgradeNotAtomicRule(),
        new HostKeyCheckDisabledRule(),
        new ImperativeDeployRule(),
        new InvalidPipelineSyntaxRule(),
        new ManualStepOutsideDeployRule(),
        new NoRollbackPlanRule(),
        new PasswordOnCommandLineRule(),
        new RollbackHistoryDisabledRule(),
        new RolloutNotVerifiedRule(),
        new SharedCacheAcrossTrustRule(),
        new StaticCloudCredentialsRule(),
        new WeakenedSecurityJobRule(),
    ];
}
