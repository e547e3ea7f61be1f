namespace Signalbox.Audit.Rules;

internal static class GitOpsRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
    ];
}
