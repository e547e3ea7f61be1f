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
            + "share it, `read-all` and `write-all` are found too. Pedantic where only one job is concerned, where the caller decides (called workflows), and for read-all.",
    };

    public void Check(GitHubWorkflow workflow, Report report)
    {
        var jobs = workflow.Pipeline.Jobs;
        if (jobs.Count == 0) return;
        var narrow = jobs.Count == 1 || jobs.All(j => j.Permissions is not null) || workflow.IsOnlyCalled;
        if (workflow.Root.Entry("permissions") is null) Missing(workflow, narrow, report);
        else if (workflow.Pipeline.Permissions is { } given) Whole(given, narrow, report);
        foreach (var job in jobs)
            if (job.Permissions is { All: { } all } permissions) report.At(permissions.Range, $"job '{YamlQuote.Short(job.Id)}' has {Said(all)}", "expected the scopes it needs", level: all == Access.Write && !workflow.IsOnlyCalled ? new(RuleSeverity.High) : Level.Pedantic);
    }

    /// <summary>One finding for the file; each job that gets the default is found by an auditor.</summary>
    private static void Missing(GitHubWorkflow workflow, bool narrow, Report report)
    {
        var open = workflow.Pipeline.Jobs.Where(j => j.Node.Entry("permissions") is null).ToList();
        if (open.Count == 0) return;
        report.At(workflow.Pipeline.Range, "nothing says what the token may do: the organisation's default holds", "expected permissions: {}",
            help: "permissions: {}", level: workflow.IsOnlyCalled ? Level.Pedantic : new(Confidence: Confidence.Medium));
        foreach (var job in open)
            report.At(job.Range, $"job '{YamlQuote.Short(job.Id)}' runs with the default permissions", "expected permissions", level: new(Confidence: Confidence.Medium, Persona: Persona.Auditor));
        _ = narrow;
    }

    private static void Whole(Permissions given, bool narrow, Report report)
    {
        if (given.All is { } all)
            report.At(given.Range, $"the workflow has {Said(all)}", "expected the scopes it needs", level: all == Access.Write ? new(RuleSeverity.High) : Level.Pedantic);
        foreach (var scope in given.Scopes.Where(s => s.Access == Access.Write))
            report.At(scope.Range, $"every job may write {YamlQuote.Short(scope.Name)}", "expected this at the job that needs it", level: narrow ? Level.Pedantic : null);
    }

    private static string Said(Access access) => access == Access.Write ? "write access to everything" : "read access to everything";
}
