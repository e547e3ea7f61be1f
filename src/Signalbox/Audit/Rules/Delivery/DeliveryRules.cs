namespace Signalbox.Audit.Rules;

internal static class DeliveryRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new DeployCancelledMidwayRule(),
        new DeployReachableFromPullRequestRule(),
        new DeployWithoutConcurrencyRule(),
        new DeployWithoutEnvironmentRule(),
        new FailureIgnoredRule(),
        new HelmUpgradeNotAtomicRule(),
        new HostKeyCheckDisabledRule(),
        new ImperativeDeployRule(),
        new NoRollbackPlanRule(),
        new PasswordOnCommandLineRule(),
        new RolloutNotVerifiedRule(),
        new StaticCloudCredentialsRule(),
        new WeakenedSecurityJobRule(),
    ];
}
