namespace Signalbox.Audit.Rules;

internal static class DockerfileRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new AddInsteadOfCopyRule(),
        new BaseImageMutableRule(),
        new BaseImageNotPinnedDigestRule(),
        new CopyFromOwnStageRule(),
        new CopyFromUnknownStageRule(),
        new CopyTargetNotDirectoryRule(),
        new CopyWholeFilesystemRule(),
        new CopyWithoutWorkdirRule(),
        new DuplicateStageNameRule(),
        new EnvSelfReferenceRule(),
        new FullSystemUpgradeRule(),
        new InvalidExposedPortRule(),
        new InvalidInstructionOrderRule(),
        new LastUserRootRule(),
        new MissingHealthcheckRule(),
        new MissingPipefailRule(),
        new MissingUserRule(),
        new NonNumericUserRule(),
        new OverriddenInstructionRule(),
        new PackageCacheLeftRule(),
        new PackageInstallPromptsRule(),
        new PackageSignatureCheckDisabledRule(),
        new PackageUpdateAloneRule(),
        new PasswordSetInBuildRule(),
        new RecommendedPackagesInstalledRule(),
        new RelativeWorkdirRule(),
        new ReservedStageNameRule(),
        new SecretInImageRule(),
        new ShellFormEntrypointRule(),
        new SudoInDockerfileRule(),
        new TlsVerificationDisabledRule(),
        new UnpinnedImagePackageRule(),
        new UntrustedRegistryRule(),
    ];
}
