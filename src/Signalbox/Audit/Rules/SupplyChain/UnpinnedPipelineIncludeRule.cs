using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class UnpinnedPipelineIncludeRule : Rule, IChecks<Pipeline>
{
    public override RuleInfo Info { get; } = new(
        "unpinned-pipeline-include", "Included pipeline code without a fixed ref", Theme.SupplyChain, RuleSeverity.Medium, ["gitlab-ci", "azure-pipelines", "jenkins"],
        "Remote includes, templates and shared libraries change without review",
        "Name a tag or a commit (GitLab `ref:`, `@version`; Azure `ref: refs/tags/…`; Jenkins `@Library('name@1.2.0')`), and give a URL its `integrity:`")
    {
        Details = "A URL without `integrity` and another project's file without a ref are shown to everyone; a branch as the ref, Azure repositories and libraries of the same server are pedantic. "
            + "GitLab's own templates change with the server and are no finding.",
    };

    public void Check(Pipeline pipeline, Report report)
    {
        foreach (var inclusion in pipeline.Inclusions.Where(i => i.Remote))
            if (Problem(pipeline.Platform, inclusion) is { } problem)
                report.At(inclusion.Range, $"'{YamlQuote.Short(inclusion.Source)}' {problem}", "expected a tag or a commit", level: IsForAll(pipeline.Platform, inclusion) ? null : Level.Pedantic);
    }

    private static string? Problem(Platform platform, Inclusion inclusion)
    {
        if (IsUrl(inclusion)) return inclusion.Node.Get("integrity") is null ? "is taken in as it is when the pipeline starts" : null;
        if (platform == Platform.GitLab && inclusion.Node.Get("template") is not null) return null;
        if (inclusion.Ref is null) return platform == Platform.Jenkins ? "is taken in its default version" : "is taken in from its default branch";
        return IsMoving(inclusion.Ref) ? $"is taken in from '{YamlQuote.Short(inclusion.Ref)}', which moves" : null;
    }

    private static bool IsForAll(Platform platform, Inclusion inclusion) => IsUrl(inclusion) || (platform == Platform.GitLab && inclusion.Ref is null);

    private static bool IsUrl(Inclusion inclusion) => inclusion.Source.StartsWith("http", StringComparison.OrdinalIgnoreCase) && inclusion.Source.Contains("://", StringComparison.Ordinal);

    private static bool IsMoving(string reference) =>
        !reference.Contains('$') && !reference.StartsWith("refs/tags/", StringComparison.Ordinal)
        && (reference is "main" or "master" or "develop" or "dev" or "trunk" or "HEAD" or "latest" or "~latest" || reference.StartsWith("refs/heads/", StringComparison.Ordinal));
}
