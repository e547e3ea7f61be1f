namespace Signalbox.Audit.Rules;

internal static class ProgressiveDeliveryRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new AnalysisArgumentMissingRule(),
        new AnalysisDryRunOnlyRule(),
        new AnalysisFailureLimitUnreachableRule(),
        new AnalysisNeverFailsRule(),
        new AnalysisRunsForeverRule(),
        new AnalysisTemplateMissingRule(),
        new CanaryPausesForeverRule(),
        new CanaryWeightUnachievableRule(),
        new CanaryWithoutAnalysisRule(),
        new FlaggerAnalysisSkippedRule(),
        new FlaggerMetricTemplateMissingRule(),
        new FlaggerStepExceedsMaximumRule(),
    ];
}
