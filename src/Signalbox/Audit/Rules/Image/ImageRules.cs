namespace Signalbox.Audit.Rules;

internal static class ImageRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
    ];
}
