using Signalbox.Pipelines.GitHubActions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed partial class DebugLoggingEnabledRule : Rule, IChecks<GitHubWorkflow>
{
    public override RuleInfo Info { get; } = new(
        "debug-logging-enabled", "Debug logging switched on", Theme.Secrets, RuleSeverity.Low, ["github-actions", "gitlab-ci", "azure-pipelines"],
        "Debug logs print environment and secrets that masking misses", "Drop the variable; re-run a single job with debug logging when you need it")
    {
        Fix = FixSafety.Safe,
    };

    private static readonly string[] s_variables = ["ACTIONS_STEP_DEBUG", "ACTIONS_RUNNER_DEBUG"];

    public void Check(GitHubWorkflow workflow, Report report)
    {
        CheckEnv(workflow.Root, report);
        foreach (var job in workflow.Pipeline.Jobs)
        {
            CheckEnv(job.Node, report);
            foreach (var step in job.Steps) CheckEnv(step.Node, report);
        }
    }

    private static void CheckEnv(YamlMapping? owner, Report report)
    {
        if (owner?.Entry("env") is not { } env) return;
        foreach (var variable in s_variables)
            if (env.Value.Entry(variable) is { } entry && entry.Value.Text()?.Equals("true", StringComparison.OrdinalIgnoreCase) == true)
                report.At(entry.Range, $"{variable} prints what masking may miss", fix: EnvironmentFix.Remove(owner, env, entry, "switch debug logging off", FixSafety.Safe, report));
    }
}
