namespace Signalbox.Audit.Rules;

internal static class ResourcesRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
    ];
}
