namespace Signalbox.Audit.Rules;

internal static class ImageRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new DefaultNamespaceRule(),
        new DeprecatedApiVersionRule(),
        new DeprecatedImageRegistryRule(),
        new ImageNotPinnedDigestRule(),
        new ImageTagMutableRule(),
    ];
}
