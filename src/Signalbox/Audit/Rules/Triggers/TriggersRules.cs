namespace Signalbox.Audit.Rules;

internal static class TriggersRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new AutoMergeConfusedDeputyRule(),
        new BypassableContainsRule(),
        new ConstantConditionRule(),
        new DuplicatePipelinesRule(),
        new MissingConcurrencyLimitsRule(),
        new NeverMatchingChangesRuleRule(),
        new PrivilegedTriggerRule(),
        new SpoofableActorCheckRule(),
        new UnsoundTernaryRule(),
        new UntrustedCheckoutRule(),
    ];
}
