namespace Signalbox.Audit.Rules;

internal static class RolloutRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new AutoscalerTargetMissingRule(),
    ];
}
