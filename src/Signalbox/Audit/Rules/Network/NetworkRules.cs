namespace Signalbox.Audit.Rules;

internal static class NetworkRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
    ];
}
