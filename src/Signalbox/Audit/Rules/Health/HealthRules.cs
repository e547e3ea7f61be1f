namespace Signalbox.Audit.Rules;

internal static class HealthRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new GracePeriodShorterThanPrestopRule(),
        new IdenticalProbesRule(),
        new LivenessKillsDuringStartupRule(),
        new MissingLivenessProbeRule(),
        new MissingReadinessProbeRule(),
        new ProbeExceedsProgressDeadlineRule(),
        new ProbePortNotExposedRule(),
        new RestartPolicyNotAlwaysRule(),
    ];
}
