using Signalbox.Pipelines.GitLab;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class NeverMatchingChangesRuleRule : Rule, IChecks<GitLabPipeline>
{
    public override RuleInfo Info { get; } = new(
        "never-matching-changes-rule", "Changes rule combined with when never", Theme.Triggers, RuleSeverity.Low, ["gitlab-ci"],
        "The rule skips exactly what it was written to include", "Say which changes start the job, and let the others fall through to no rule")
    {
        Confidence = Confidence.Medium,
        Details = "A rule of `changes` and `when: never` leaves the job out as soon as one named file changed, whatever else did.",
    };

    public void Check(GitLabPipeline gitlab, Report report)
    {
        var seen = new HashSet<YamlNode>(ReferenceEqualityComparer.Instance);
        foreach (var job in gitlab.Jobs.Concat(gitlab.Templates))
            foreach (var rule in job.Settings.Get("rules").Items())
                if (rule.Text("when") == "never" && rule.Entry("changes") is { } changes && seen.Add(rule))
                    report.At(changes.Range, $"job '{YamlQuote.Short(job.Job.Id)}' is left out when one of these files changed", "`when: never` beside it");
    }
}
