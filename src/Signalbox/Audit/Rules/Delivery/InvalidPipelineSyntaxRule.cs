using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.GitLab;
using Signalbox.Pipelines.Shapes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class InvalidPipelineSyntaxRule : Rule, IChecks<GitHubWorkflow>, IChecks<GitHubAction>, IChecks<GitLabPipeline>
{
    public override RuleInfo Info { get; } = new(
        "invalid-pipeline-syntax", "Syntax that the platform does not know", Theme.Delivery, RuleSeverity.Medium, ["github-actions", "gitlab-ci"],
        "The platform refuses the whole file, or passes over what it does not know: nothing runs, or not what is written", "Write it as the platform's reference says")
    {
        Details = """
            Keys, kinds of values, events with their filters and types, schedules, inputs, names of jobs and steps, and what must be there, as GitHub's own
            parser has them; for GitLab the keywords of jobs, the stages they name, and that a job has something to do. Expressions may stand for
            nearly any value, and aliases for any; merge keys are none of GitHub's. Not read: Azure Pipelines and Jenkins, labels of runners, and the inputs that an action of another repository takes.
            """,
    };

    public void Check(GitHubWorkflow workflow, Report report)
    {
        if (workflow.On is null && workflow.Root.Entry("jobs") is null)
        {
            report.At(workflow.Pipeline.Range, "this is no workflow: it has neither 'on' nor 'jobs'");
            return;
        }
        Say(ShapeCheck.Of(workflow.Root, workflow.Pipeline.Range, WorkflowShape.Workflow), report);
        foreach (var one in workflow.On?.Value.Entries() ?? [])
            foreach (var filter in one.Value.Entries())
                if (one.Value.Entry(filter.Key.Value + "-ignore") is not null)
                    report.At(filter.Key, $"'{YamlQuote.Short(one.Key.Value)}' has both '{filter.Key.Value}' and '{filter.Key.Value}-ignore'; expected one of them");
        foreach (var job in workflow.Root.Get("jobs").Entries())
        {
            if (!WorkflowShape.IsName(job.Key.Value) && !job.Key.Value.Contains("${{", StringComparison.Ordinal))
                report.At(job.Key, $"'{YamlQuote.Short(job.Key.Value)}' is no name of a job; expected {WorkflowShape.NameForm}");
            Steps(job.Value.Get("steps"), report);
        }
    }

    public void Check(GitHubAction action, Report report)
    {
        Say(ShapeCheck.Of(action.Root, action.Fragment.Range, WorkflowShape.Action), report);
        Steps(action.Root.Get("runs", "steps"), report);
    }

    public void Check(GitLabPipeline pipeline, Report report)
    {
        // others of GitLab's folders may be anything
        if (!report.File.Path.EndsWith("gitlab-ci.yml", StringComparison.OrdinalIgnoreCase) && !report.File.Path.EndsWith("gitlab-ci.yaml", StringComparison.OrdinalIgnoreCase) && !report.Repository.IsTakenIn(report.File.Path)) return;
        // a file that another one takes in may leave to it what it lacks, and one that takes in others may get it from there
        var whole = report.File.Path is ".gitlab-ci.yml" && pipeline.Pipeline.Inclusions.Count == 0;
        Say(GitLabShape.Check(pipeline, whole).Take(ShapeCheck.MostProblems), report);
    }

    private static void Steps(YamlNode? steps, Report report)
    {
        // GitHub does not tell upper from lower case here
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var step in steps.Items())
            if (step.Get("id") is YamlScalar { IsNull: false } id && !seen.Add(id.Value))
                report.At(id, $"two steps of the job have the id '{YamlQuote.Short(id.Value)}'");
    }

    private static void Say(IEnumerable<ShapeProblem> problems, Report report)
    {
        foreach (var problem in problems.Where(p => !report.File.IsElsewhere(p.Range))) report.At(problem.Range, problem.Message);
    }
}
