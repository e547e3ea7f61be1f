using Signalbox.Pipelines.GitLab;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class SharedCacheAcrossTrustRule : Rule, IChecks<GitLabPipeline>
{
    public override RuleInfo Info { get; } = new(
        "shared-cache-across-trust", "Cache shared by protected and unprotected refs", Theme.Delivery, RuleSeverity.Medium, ["gitlab-ci", "azure-pipelines"],
        "An unprotected branch can plant files that a release uses", "Drop `unprotect: true`, and let jobs of protected branches fill their own cache")
    {
        Details = "GitLab keeps the caches of protected and other branches apart unless `cache: unprotect: true` joins them. Azure Pipelines keeps branches apart by itself.",
    };

    public void Check(GitLabPipeline gitlab, Report report)
    {
        var seen = new HashSet<YamlNode>(ReferenceEqualityComparer.Instance);
        foreach (var cache in gitlab.Jobs.SelectMany(j => j.Job.Caches))
            if (cache.Node.Entry("unprotect") is { Value: var value } entry && value.Boolean() == true && seen.Add(value))
                report.At(entry.Range, "every branch may write what protected branches restore", "expected caches apart");
    }
}
