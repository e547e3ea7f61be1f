namespace Signalbox.Audit.Rules;

internal static class ProgressiveDeliveryRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
    ];
}
