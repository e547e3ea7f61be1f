namespace Signalbox.Audit.Rules;

internal static class SecurityContextRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new CapabilitiesNotDroppedRule(),
        new ContainerRuntimeSocketRule(),
        new DangerousCapabilitiesAddedRule(),
        new DefaultServiceAccountRule(),
        new HostIpcRule(),
        new HostNetworkRule(),
        new HostPathVolumeRule(),
        new HostPidRule(),
        new HostPortRule(),
        new HostProcessContainerRule(),
        new LinuxHardeningMissingRule(),
        new LowUserIdRule(),
        new NakedPodRule(),
        new NetRawNotDroppedRule(),
        new PrivilegeEscalationAllowedRule(),
        new PrivilegedContainerRule(),
        new RunsAsRootRule(),
        new SeccompProfileMissingRule(),
        new SensitiveHostMountRule(),
        new ServiceAccountTokenMountedRule(),
        new UnmaskedProcMountRule(),
        new UnsafeSysctlsRule(),
        new WritableHostMountRule(),
        new WritableRootFilesystemRule(),
    ];
}
