namespace Signalbox.Audit.Rules;

internal static class ResourcesRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new EphemeralStorageUnsetRule(),
        new MissingCpuLimitRule(),
        new MissingCpuRequestRule(),
        new MissingMemoryLimitRule(),
        new MissingMemoryRequestRule(),
    ];
}
