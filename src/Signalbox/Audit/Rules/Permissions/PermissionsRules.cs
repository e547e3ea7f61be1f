namespace Signalbox.Audit.Rules;

internal static class PermissionsRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new ExcessivePermissionsRule(),
        new InvalidPermissionScopeRule(),
        new LongLivedPublishTokenRule(),
        new PersistedGitCredentialsRule(),
        new UnscopedAppTokenRule(),
    ];
}
