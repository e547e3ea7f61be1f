namespace Signalbox.Audit.Rules;

internal static class SupplyChainRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new AdhocPackageInstallRule(),
        new ArchivedActionRule(),
        new CachePoisoningRule(),
        new DependencyUpdateExecutionRule(),
        new DeprecatedWorkflowCommandRule(),
        new ForbiddenActionRule(),
        new FragileWorkflowFeatureRule(),
        new ImpostorCommitRule(),
        new InsecureUrlSchemeRule(),
        new InvalidExpressionRule(),
        new InvalidJobDependencyRule(),
        new KnownVulnerableActionRule(),
        new MissingDependencyCooldownRule(),
        new OutdatedActionRuntimeRule(),
        new RefConfusionRule(),
        new SelfRepositoryReferenceRule(),
        new StaleActionRefRule(),
        new SuperfluousActionRule(),
        new TyposquattedActionRule(),
        new UnpinnableActionRule(),
        new UnpinnedActionRule(),
        new UnpinnedPackageInstallRule(),
        new UnpinnedPipelineImageRule(),
        new UnpinnedPipelineIncludeRule(),
        new UnpinnedToolVersionRule(),
        new UnverifiedActionCreatorRule(),
        new VersionCommentMismatchRule(),
        new VulnerableBuildPlatformRule(),
        new WorkflowCallMismatchRule(),
    ];
}
