namespace Signalbox.Audit.Rules;

internal static class SecretsRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new DebugLoggingEnabledRule(),
        new HardcodedContainerCredentialsRule(),
        new OverprovisionedSecretsRule(),
        new SecretVariableSetInlineRule(),
        new SecretsInheritedRule(),
        new SecretsOutsideEnvironmentRule(),
        new UnredactedSecretsRule(),
    ];
}
