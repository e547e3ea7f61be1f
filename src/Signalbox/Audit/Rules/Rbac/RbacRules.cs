namespace Signalbox.Audit.Rules;

internal static class RbacRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
    ];
}
