namespace Signalbox.Audit.Rules;

internal static class PermissionsRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new PersistedGitCredentialsRule(),
    ];
}
