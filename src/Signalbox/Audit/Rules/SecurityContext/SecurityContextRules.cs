namespace Signalbox.Audit.Rules;

internal static class SecurityContextRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new PrivilegedContainerRule(),
    ];
}
