namespace Signalbox.Audit.Rules;

internal static class KubernetesSecretsRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new DuplicateEnvVarRule(),
        new EnvSourceMissingRule(),
        new PlaintextSecretManifestRule(),
        new SecretExposedAsEnvRule(),
        new SecretInConfigmapRule(),
        new SecretInEnvLiteralRule(),
    ];
}
