namespace Signalbox.Audit.Rules;

internal static class KubernetesSecretsRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
    ];
}
