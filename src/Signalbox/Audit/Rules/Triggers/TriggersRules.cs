namespace Signalbox.Audit.Rules;

internal static class TriggersRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
    ];
}
