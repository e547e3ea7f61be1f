namespace Signalbox.Audit.Rules;

internal static class DeliveryRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new BlindRetryRule(),
        new FailureIgnoredRule(),
        new HostKeyCheckDisabledRule(),
        new ManualStepOutsideDeployRule(),
        new PasswordOnCommandLineRule(),
        new SharedCacheAcrossTrustRule(),
    ];
}
