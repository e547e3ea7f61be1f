using Signalbox.Audit.Readers;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class StaticCloudCredentialsRule : Rule, IChecks<PipelineJob>, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "static-cloud-credentials", "Long-lived cloud key in a deploy job", Theme.Delivery, RuleSeverity.High, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "A federated identity leaves nothing to steal", "Let the job prove who it is: id-token: write and role-to-assume (AWS), workload_identity_provider (Google), client-id with a federated credential (Azure)");

    // the inputs that hold a key, from each action's README
    private static readonly (string Action, string Input, string Instead)[] s_inputs =
    [
        ("aws-actions/configure-aws-credentials", "aws-access-key-id", "role-to-assume"), ("google-github-actions/auth", "credentials_json", "workload_identity_provider"),
        ("google-github-actions/setup-gcloud", "service_account_key", "google-github-actions/auth"), ("azure/login", "creds", "client-id"),
    ];

    // names the clouds' own tools read keys from
    private static readonly string[] s_variables = ["AWS_SECRET_ACCESS_KEY", "GOOGLE_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS_JSON", "AZURE_CLIENT_SECRET", "ARM_CLIENT_SECRET", "AZURE_CREDENTIALS", "GCP_SA_KEY"];

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Uses is not { } uses) return;
        foreach (var (action, input, instead) in s_inputs)
            // a session token is short-lived
            if (uses.Is(action) && site.Step.Inputs.FirstOrDefault(i => i.Name == input) is { } key && site.Step.Input("aws-session-token") is null && !key.Value?.Contains("outputs", StringComparison.Ordinal) == true)
                report.At(key.Range, $"'{YamlQuote.Short(uses.Name)}' is given a key that stays valid until someone changes it", site.Step.Input(instead) is null ? $"expected {instead}" : $"expected {instead} alone, by OIDC: id-token: write instead of the key");
    }

    public void Check(PipelineJob site, Report report)
    {
        if (site.Job.Deploys.Count == 0) return;
        foreach (var variable in site.Pipeline.Variables.Concat(site.Job.Variables).Concat(site.Job.Steps.SelectMany(s => s.Variables)))
            if (s_variables.Contains(variable.Name) && IsStored(variable.Value)) report.At(variable.Range, $"the deploy job is given {variable.Name}, a key that stays valid until someone changes it", "expected a federated identity");
    }

    private static bool IsStored(string? value) => value is not null && (value.Contains("secrets.", StringComparison.OrdinalIgnoreCase) || value.Contains("$(", StringComparison.Ordinal) || value.Contains("credentials(", StringComparison.Ordinal));
}
