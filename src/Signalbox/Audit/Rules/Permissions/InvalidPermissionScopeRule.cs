using Signalbox.Pipelines.GitHubActions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class InvalidPermissionScopeRule : Rule, IChecks<GitHubWorkflow>
{
    public override RuleInfo Info { get; } = new(
        "invalid-permission-scope", "Unknown permission scope or value", Theme.Permissions, RuleSeverity.Medium, ["github-actions"],
        "A mistyped scope silently grants or removes something else", "Use a scope and access of docs.github.com, \"Workflow syntax\", permissions");

    private static readonly string[] s_readWrite = ["read", "write", "none"];

    // docs.github.com, "Workflow syntax for GitHub Actions", permissions; models has no write, id-token no read
    private static readonly Dictionary<string, string[]> s_scopes = new(StringComparer.Ordinal)
    {
        ["actions"] = s_readWrite,
        ["artifact-metadata"] = s_readWrite,
        ["attestations"] = s_readWrite,
        ["checks"] = s_readWrite,
        ["code-quality"] = s_readWrite,
        ["contents"] = s_readWrite,
        ["copilot-requests"] = ["write", "none"],
        ["deployments"] = s_readWrite,
        ["discussions"] = s_readWrite,
        ["drives"] = s_readWrite,
        ["id-token"] = ["write", "none"],
        ["issues"] = s_readWrite,
        ["models"] = ["read", "none"],
        ["packages"] = s_readWrite,
        ["pages"] = s_readWrite,
        ["pull-requests"] = s_readWrite,
        ["repository-projects"] = s_readWrite,
        ["security-events"] = s_readWrite,
        ["statuses"] = s_readWrite,
        ["vulnerability-alerts"] = ["read", "none"],
    };

    public void Check(GitHubWorkflow workflow, Report report)
    {
        CheckEntry(workflow.Root.Entry("permissions"), report);
        foreach (var job in workflow.Pipeline.Jobs) CheckEntry(job.Node.Entry("permissions"), report);
    }

    private static void CheckEntry(YamlEntry? entry, Report report)
    {
        if (entry?.Value is YamlScalar { IsNull: false } all && all.Value is not ("read-all" or "write-all"))
            report.At(all, $"'{YamlQuote.Short(all.Value)}' is no access to everything; expected read-all, write-all or {{}}");
        foreach (var scope in entry?.Value.Entries() ?? [])
        {
            if (!s_scopes.TryGetValue(scope.Key.Value, out var values))
                report.At(scope.Key.Range, $"there is no permission '{YamlQuote.Short(scope.Key.Value)}'; expected one of {string.Join(", ", s_scopes.Keys)}");
            else if (scope.Value.Text() is not { } value || !values.Contains(value))
                report.At(scope.Range, $"'{YamlQuote.Short(scope.Value.Text() ?? "nothing")}' is no access to {scope.Key.Value}; expected {string.Join(", ", values)}");
        }
    }
}
