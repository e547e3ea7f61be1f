namespace Signalbox.Audit.Rules;

internal static class RolloutRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new AntiAffinityMissingRule(),
        new AutoscalerBoundsTooLowRule(),
        new AutoscalerTargetMissingRule(),
        new CronjobRestartPolicyInvalidRule(),
        new CronjobWithoutDeadlineRule(),
        new DisruptionBudgetBlocksDrainRule(),
        new DisruptionBudgetExceedsAutoscalerRule(),
        new DisruptionBudgetMissingRule(),
        new DisruptionBudgetWithoutPolicyRule(),
        new DisruptionBudgetsOverlapRule(),
        new ExperimentWeightUnsupportedRule(),
        new FewerThanThreeReplicasRule(),
        new JobNeverCleanedUpRule(),
        new NoRollingUpdateRule(),
        new PriorityClassMissingRule(),
        new ReplicasSetWithAutoscalerRule(),
        new RollingUpdateAllowsOutageRule(),
        new RolloutMissingSelectorRule(),
        new RolloutServiceMismatchRule(),
        new RolloutUnknownFieldRule(),
        new SingleReplicaRule(),
        new SurgeAndUnavailableZeroRule(),
        new TopologySpreadMissingRule(),
        new UnhealthyPodsBlockDrainRule(),
    ];
}
