namespace Signalbox.Audit.Rules;

internal static class SupplyChainRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new UnpinnedPackageInstallRule(),
    ];
}
