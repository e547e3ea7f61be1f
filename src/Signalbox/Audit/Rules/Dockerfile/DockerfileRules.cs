namespace Signalbox.Audit.Rules;

internal static class DockerfileRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new SudoInDockerfileRule(),
    ];
}
