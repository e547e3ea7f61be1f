namespace Signalbox.Audit.Rules;

internal static class NetworkRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new ExposedServiceTypeRule(),
        new IngressWithoutTlsRule(),
        new InvalidTargetPortRule(),
        new MissingNetworkPolicyRule(),
        new NetworkPolicyPeerUnmatchedRule(),
        new NetworkPolicySelectsNoPodsRule(),
        new RouteBackendMissingRule(),
        new SelectorMismatchRule(),
        new ServiceMonitorSelectsNothingRule(),
        new ServiceSelectsNoPodsRule(),
        new SshPortExposedRule(),
        new StatefulsetServiceMissingRule(),
        new TlsVerificationSkippedRule(),
        new UnsafeIngressAnnotationRule(),
    ];
}
