using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ExcessivePermissionsRule : Rule, IChecks<GitHubWorkflow>
{
    public override RuleInfo Info { get; } = new(
        "excessive-permissions", "Token permissions broader than needed", Theme.Permissions, RuleSeverity.Medium, ["github-actions"],
        "A stolen job token can do whatever the workflow left open", "Write permissions: {} for the workflow and give each job the scopes it needs")
    {
        Details = "A workflow without `permissions` runs with the organisation's default, often write access to everything. Write access that the whole workflow has although several jobs "
            + "share it, `read-all` and `write-all` are found too. `read-all` is pedantic. What one job alone has, and what the caller of a workflow decides, is not found.",
    };

    public void Check(GitHubWorkflow workflow, Report report)
    {
        var jobs = workflow.Pipeline.Jobs;
        if (jobs.Count == 0) return;
        // with one job, or where each job says its own, the workflow's permissions are the job's
        var shared = jobs.Count > 1 && jobs.Any(j => j.Node.Entry("permissions") is null) && !workflow.IsOnlyCalled;
        var silent = workflow.Root.Entry("permissions") is null;
        if (silent && shared) report.At(workflow.Pipeline.Range, "nothing says what the token may do: the organisation's default holds", "expected permissions: {}", help: "permissions: {}", level: new(Confidence: Confidence.Medium));
        if (workflow.Pipeline.Permissions is { } given) Whole(given, shared, report);
        foreach (var job in jobs) CheckJob(job, silent, workflow.IsOnlyCalled, report);
    }

    private static void Whole(Permissions given, bool shared, Report report)
    {
        if (given.All is { } all && (shared || all == Access.Write))
            report.At(given.Range, $"the workflow has {Said(all)}", "expected the scopes it needs", level: all == Access.Write ? new(RuleSeverity.High) : Level.Pedantic);
        if (!shared) return;
        foreach (var scope in given.Scopes.Where(s => s.Access == Access.Write))
            report.At(scope.Range, $"every job may write {YamlQuote.Short(scope.Name)}", "expected this at the job that needs it");
    }

    private static void CheckJob(Job job, bool silent, bool onlyCalled, Report report)
    {
        // whoever calls the workflow decides for its jobs, but not for what they call in turn
        if (onlyCalled && job.Calls is null) return;
        if (job.Permissions is { All: { } all } permissions)
            report.At(permissions.Range, $"job '{YamlQuote.Short(job.Id)}' has {Said(all)}", "expected the scopes it needs", level: all == Access.Write ? new(RuleSeverity.High) : Level.Pedantic);
        else if (silent && job.Node.Entry("permissions") is null)
            report.At(job.Range, $"job '{YamlQuote.Short(job.Id)}' runs with the organisation's default permissions", "expected permissions", help: "permissions: {}", level: new(Confidence: Confidence.Medium));
    }

    private static string Said(Access access) => access == Access.Write ? "write access to everything" : "read access to everything";
}
