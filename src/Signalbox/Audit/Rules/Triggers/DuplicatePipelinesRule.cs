using Signalbox.Pipelines;
using Signalbox.Pipelines.GitLab;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DuplicatePipelinesRule : Rule, IChecks<GitLabPipeline>
{
    public override RuleInfo Info { get; } = new(
        "duplicate-pipelines", "Rules start two pipelines for one change", Theme.Triggers, RuleSeverity.Low, ["gitlab-ci"],
        "Branch and merge-request pipelines both run and both deploy",
        "Say in `workflow: rules` which one runs: `- if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS` with `when: never` before the branch's rule")
    {
        Details = "A job that runs by itself both for a push and for a merge request, in a file whose `workflow` does not choose between the two. At the job's rules; one finding for each file.",
    };

    public void Check(GitLabPipeline gitlab, Report report)
    {
        // whoever takes the file in may choose, and a pipeline that another starts has no double
        if (gitlab.Root.Get("workflow", "rules") is not null || gitlab.Root.Get("include") is not null || report.Repository.IsTakenIn(report.File.Path)) return;
        foreach (var job in gitlab.Jobs)
        {
            if (job.Job.Manual is not null || (job.Job.Triggers & Both) != Both || job.Settings.Entry("rules") is not { } rules || ChoosesByRequest(rules.Value)) continue;
            var place = job.Job.Body.Overlaps(rules.Range) ? rules.Range : job.Job.Range;
            report.At(place, $"job '{YamlQuote.Short(job.Job.Id)}' runs for a push and again for its merge request", "no workflow chooses between them");
            return;
        }
    }

    private const TriggerKinds Both = TriggerKinds.Push | TriggerKinds.PullRequest;

    // a default branch's push has no merge request of its own
    private static bool ChoosesByRequest(YamlNode rules) =>
        rules.Items().Select(r => r.Text("if")).OfType<string>().Any(i => i.Contains("CI_OPEN_MERGE_REQUESTS", StringComparison.Ordinal) || i.Contains("CI_COMMIT_BRANCH ==", StringComparison.Ordinal)
            || i.Contains("CI_DEFAULT_BRANCH", StringComparison.Ordinal) || i.Contains("CI_COMMIT_REF_NAME ==", StringComparison.Ordinal) || i.Contains("CI_COMMIT_BRANCH =~", StringComparison.Ordinal));
}
