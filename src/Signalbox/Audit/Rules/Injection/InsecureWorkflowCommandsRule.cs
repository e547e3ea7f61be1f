using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class InsecureWorkflowCommandsRule : Rule, IChecks<GitHubWorkflow>, IChecks<GitHubAction>
{
    public override RuleInfo Info { get; } = new(
        "insecure-workflow-commands", "Unsafe workflow commands re-enabled", Theme.Injection, RuleSeverity.High, ["github-actions"],
        "Re-enabled stdout commands let any printed text set variables and paths", "Drop ACTIONS_ALLOW_UNSECURE_COMMANDS and write to $GITHUB_ENV and $GITHUB_PATH")
    {
        Fix = FixSafety.Unsafe,
        Details = "Found on workflow, job and step. An `env` that is one expression may hold the variable too; that is for auditors.",
    };

    private const string Switch = "ACTIONS_ALLOW_UNSECURE_COMMANDS";

    public void Check(GitHubWorkflow workflow, Report report)
    {
        CheckEnv(workflow.Root, report);
        foreach (var job in workflow.Pipeline.Jobs) CheckEnv(job.Node, report);
        CheckSteps(workflow.Pipeline, report);
    }

    public void Check(GitHubAction action, Report report) => CheckSteps(action.Fragment, report);

    private static void CheckSteps(Pipeline pipeline, Report report)
    {
        foreach (var step in pipeline.Jobs.SelectMany(j => j.Steps)) CheckEnv(step.Node, report);
    }

    private static void CheckEnv(YamlMapping? owner, Report report)
    {
        if (owner?.Entry("env") is not { } env) return;
        if (env.Value is YamlScalar { IsNull: false } whole) report.At(whole, "the variables come from an expression, which may switch unsafe commands on", level: Level.Auditor);
        else if (env.Value.Entry(Switch) is { } entry && IsOn(entry.Value))
            report.At(entry.Range, $"{Switch} lets whatever is printed set variables and paths", fix: EnvironmentFix.Remove(owner, env, entry, "leave the commands off", FixSafety.Unsafe, report));
    }

    // the runner takes the words .NET and YAML take for true (actions/runner, StringUtil.ConvertToBoolean); an expression may give one
    private static bool IsOn(YamlNode value) => value.Text()?.Trim().ToLowerInvariant() is { } text && (text is "true" or "1" or "$true" or "y" or "yes" or "on" || text.Contains("${{"));
}
