namespace Signalbox.Audit.Rules;

internal static class RbacRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new ClusterAdminBindingRule(),
        new DefaultServiceAccountBoundRule(),
        new DeprecatedServiceAccountFieldRule(),
        new RbacEscalationRule(),
        new RbacPodCreateRule(),
        new RbacPodExecRule(),
        new RbacSecretsAccessRule(),
        new ServiceAccountMissingRule(),
        new WildcardRbacRuleRule(),
    ];
}
