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
            + "share it, `read-all` and `write-all` are found too. Defaults are shown to everyone where code of someone else runs (actions that are not GitHub's own, called workflows) or outsiders start the run; else they are pedantic, as is `read-all`. "
            + "What one job alone has, and what the caller of a workflow decides, is not found.",
    };

    public void Check(GitHubWorkflow workflow, Report report)
    {
        var jobs = workflow.Pipeline.Jobs;
        if (jobs.Length == 0) return;
        // with one job, or where each job says its own, the workflow's permissions are the job's
        var shared = jobs.Length > 1 && jobs.Any(j => j.Node.Entry("permissions") is null) && !workflow.IsOnlyCalled;
        var silent = workflow.Root.Entry("permissions") is null;
        if (silent && shared) report.At(workflow.Pipeline.Range, "nothing says what the token may do: the organisation's default holds", "expected permissions: {}", help: "permissions: {}", level: Default(jobs.Any(RunsForeignCode), workflow));
        if (workflow.Pipeline.Permissions is { } given) Whole(given, shared, report);
        foreach (var job in jobs) CheckJob(job, silent, workflow, report);
    }

    private static void Whole(Permissions given, bool shared, Report report)
    {
        if (given.All is { } all && (shared || all == Access.Write))
            report.At(given.Range, $"the workflow has {Said(all)}", "expected the scopes it needs", level: all == Access.Write ? new(RuleSeverity.High) : Level.Pedantic);
        if (!shared) return;
        foreach (var scope in given.Scopes.Where(s => s.Access == Access.Write))
            report.At(scope.Range, $"every job may write {YamlQuote.Short(scope.Name)}", "expected this at the job that needs it");
    }

    private static Level Default(bool foreign, GitHubWorkflow workflow) =>
        new(Confidence: Confidence.Medium, Persona: foreign || workflow.Pipeline.Triggers.Any(t => t.Kind == TriggerKinds.Privileged) ? null : Persona.Pedantic);

    private static bool RunsForeignCode(Job job) => IsForeign(job.Calls) || job.Steps.Any(s => IsForeign(s.Uses));

    private static bool IsForeign(UsedCode? uses) => uses is { IsLocal: false }
        && !uses.Name.StartsWith("actions/", StringComparison.OrdinalIgnoreCase) && !uses.Name.StartsWith("github/", StringComparison.OrdinalIgnoreCase);

    private static void CheckJob(Job job, bool silent, GitHubWorkflow workflow, Report report)
    {
        // whoever calls the workflow decides for its jobs, but not for what they call in turn
        if (workflow.IsOnlyCalled && job.Calls is null) return;
        if (job.Permissions is { All: { } all } permissions)
            report.At(permissions.Range, $"job '{YamlQuote.Short(job.Id)}' has {Said(all)}", "expected the scopes it needs", level: all == Access.Write ? new(RuleSeverity.High) : Level.Pedantic);
        else if (silent && job.Node.Entry("permissions") is null)
            report.At(job.Range, $"job '{YamlQuote.Short(job.Id)}' runs with the organisation's default permissions", "expected permissions", help: "permissions: {}", level: Default(RunsForeignCode(job), workflow));
    }

    private static string Said(Access access) => access == Access.Write ? "write access to everything" : "read access to everything";
}
