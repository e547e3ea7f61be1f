using Signalbox.Audit.GitHub;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class SecretsOutsideEnvironmentRule : Rule, IChecks<GitHubWorkflow>
{
    public override RuleInfo Info { get; } = new(
        "secrets-outside-environment", "Secret used outside a protected environment", Theme.Secrets, RuleSeverity.Medium, ["github-actions"],
        "Without an environment no reviewer or branch rule stands before the secret", "Move the secret into an environment and name it at the job")
    {
        Persona = Persona.Auditor,
        Details = "One finding for each job and secret. Where the secret is stored cannot be seen from files; `GITHUB_TOKEN` is never meant.",
    };

    public void Check(GitHubWorkflow workflow, Report report)
    {
        var seen = new HashSet<(string Job, string Path)>();
        foreach (var (text, secret) in workflow.Expressions.Within<Expression>())
        {
            if (text.Job is not { Environment: null, Calls: null } job || secret.Context != "secrets") continue;
            if (secret.Path is { } path and not ("secrets" or "secrets.github_token" or "secrets.*") && seen.Add((job.Id, path)))
                report.At(text, secret.Range, $"job '{YamlQuote.Short(job.Id)}' reads {path} without an environment");
        }
    }
}
