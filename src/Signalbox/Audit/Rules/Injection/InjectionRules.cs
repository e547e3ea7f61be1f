namespace Signalbox.Audit.Rules;

internal static class InjectionRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new EnvironmentFileInjectionRule(),
        new InsecureWorkflowCommandsRule(),
        new ObfuscatedReferenceRule(),
        new RemoteScriptExecutionRule(),
        new ScriptInjectionRule(),
        new SecretSentOverNetworkRule(),
    ];
}
