namespace Signalbox.Audit.Rules;

internal static class ArtifactIntegrityRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
    ];
}
