namespace Signalbox.Audit.Rules;

internal static class RunnersRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new BuildOnControllerRule(),
        new SelfHostedRunnerRule(),
        new UntrustedSelfHostedBuildRule(),
    ];
}
