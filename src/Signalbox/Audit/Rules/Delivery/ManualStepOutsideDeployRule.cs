using Signalbox.Pipelines;
using Signalbox.Pipelines.GitLab;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ManualStepOutsideDeployRule : Rule, IChecks<GitLabPipeline>
{
    public override RuleInfo Info { get; } = new(
        "manual-step-outside-deploy", "Manual step before deployment stages", Theme.Delivery, RuleSeverity.Low, ["gitlab-ci", "azure-pipelines"],
        "A person must push what should flow by itself",
        "Let everything up to the deployment start by itself, and keep the button for the deployment to production")
    {
        Confidence = Confidence.Medium,
        Details = "A manual job in a stage that others follow. A manual job that deploys, or stands with or after the jobs that do, is a gate and no finding; "
            + "so is one in the last stage, unless it builds what is published. A job that stops an environment is pedantic.",
    };

    public void Check(GitLabPipeline gitlab, Report report)
    {
        // .post ends every pipeline
        var stages = gitlab.StageNames.ToList();
        var deploys = stages.FindIndex(s => IsDeployStage(s, gitlab));
        foreach (var job in gitlab.Jobs)
            if (job.Job.Manual is { } manual && !IsGate(job, stages, deploys, gitlab))
                report.At(manual, $"job '{YamlQuote.Short(job.Job.Id)}' of stage '{YamlQuote.Short(job.Job.Stage ?? "")}' waits for a person before anything is deployed", "expected a start by itself",
                    level: job.StopsEnvironment ? Level.Pedantic : null);
    }

    private static bool IsGate(GitLabJob job, List<string> stages, int deploys, GitLabPipeline gitlab)
    {
        var at = stages.IndexOf(job.Job.Stage ?? "");
        if (at < 0 || (deploys >= 0 && at >= deploys)) return true;
        if (!job.StopsEnvironment && IsDeployment(job.Job)) return true;
        var last = at == stages.Count - 1 || (deploys < 0 && !gitlab.Jobs.Any(j => stages.IndexOf(j.Job.Stage ?? "") > at) && gitlab.Root.Find("stages") is not null);
        return last && !job.Job.Does(ActivityKind.PublishImage) && !job.Job.Does(ActivityKind.Publish);
    }

    private static bool IsDeployStage(string stage, GitLabPipeline gitlab) =>
        IsDeployName(stage) || gitlab.Jobs.Any(j => j.Job.Stage == stage && IsDeployment(j.Job) && !j.StopsEnvironment && !IsReview(j.Job));

    private static bool IsDeployment(Job job) => job.Id != "pages" && (job.Does(ActivityKind.Deploy) || (job.Environment is { Node: not null } && !IsReview(job)));

    // a review environment is made for each change, on the way to a deployment
    private static bool IsReview(Job job) => job.Environment?.Name?.Contains('$') == true;

    private static bool IsDeployName(string stage)
    {
        foreach (var word in (string[])["deploy", "release", "publish", "deliver", "prod", "staging", "rollout", "ship", "promote"])
            if (stage.Contains(word, StringComparison.OrdinalIgnoreCase) && !stage.Contains("pre", StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
