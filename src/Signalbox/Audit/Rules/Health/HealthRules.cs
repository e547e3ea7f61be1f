namespace Signalbox.Audit.Rules;

internal static class HealthRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
    ];
}
