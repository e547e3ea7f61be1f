namespace Signalbox.Audit.Rules;

internal static class SecretsRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
    ];
}
