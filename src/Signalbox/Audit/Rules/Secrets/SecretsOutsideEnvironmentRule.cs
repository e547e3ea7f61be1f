using Signalbox.Audit.GitHub;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
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
        var seen = new HashSet<(Job?, string)>();
        foreach (var text in workflow.Expressions)
        {
            if (text.Job is not { Environment: null } job || job.Calls is not null) continue;
            foreach (var secret in text.Parts.Where(p => p.Root is not null).SelectMany(p => p.Root!.All()))
                if (secret.Path is { } path && path.StartsWith("secrets.", StringComparison.Ordinal) && path is not ("secrets.github_token" or "secrets.*") && seen.Add((job, path)))
                    report.At(text, secret.Range, $"job '{YamlQuote.Short(job.Id)}' reads {path} without an environment");
        }
    }
}
