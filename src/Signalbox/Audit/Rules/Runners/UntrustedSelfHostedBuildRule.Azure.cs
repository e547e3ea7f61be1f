using Signalbox.Pipelines;
using Signalbox.Pipelines.AzurePipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed partial class UntrustedSelfHostedBuildRule : IChecks<AzurePipeline>
{
    // without `pr` the repository's host decides whether pull requests start it
    public void Check(AzurePipeline azure, Report report)
    {
        if (azure.IsTemplate) return;
        foreach (var job in azure.Pipeline.Jobs)
            if (job is { SelfHosted: true, Runner: [var pool, ..] } && job.Triggers.HasFlag(TriggerKinds.PullRequest))
                report.At(pool.Range, $"pull requests run in the pool '{YamlQuote.Short(pool.Name)}', whose machines are your own", level: azure.ExplicitPullRequests ? null : Level.Auditor);
    }
}
