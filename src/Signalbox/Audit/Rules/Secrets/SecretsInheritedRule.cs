using Signalbox.Pipelines.GitHubActions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class SecretsInheritedRule : Rule, IChecks<GitHubWorkflow>
{
    public override RuleInfo Info { get; } = new(
        "secrets-inherited", "All secrets inherited by a called workflow", Theme.Secrets, RuleSeverity.Medium, ["github-actions"],
        "The callee gets secrets it never asked for", "Name the secrets the called workflow declares")
    {
        Details = "A workflow of the same repository could read them anyway: such a call is shown to `--persona pedantic`.",
    };

    public void Check(GitHubWorkflow workflow, Report report)
    {
        foreach (var job in workflow.Pipeline.Jobs)
            if (job.Calls is { } calls && job.Node.Entry("secrets") is { Value: YamlScalar { Value: "inherit" } } secrets)
                report.At(secrets.Range, $"'{YamlQuote.Short(calls.Name)}' gets every secret of this repository", "expected those it declares",
                    // a workflow of this repository could read them anyway
                    level: calls.IsLocal ? Level.Pedantic : null);
    }
}
