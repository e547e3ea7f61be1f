using Signalbox.Audit.GitHub;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Pipelines.GitHubActions.Expressions;

namespace Signalbox.Audit.Rules;

internal sealed partial class UntrustedCheckoutRule : Rule, IChecks<GitHubWorkflow>
{
    public override RuleInfo Info { get; } = new(
        "untrusted-checkout", "Untrusted code checked out in a privileged run", Theme.Triggers, RuleSeverity.Critical, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "Building a fork's code with secrets or a write token gives the fork both",
        "Build proposed changes in a run without rights (pull_request), and hand only data on to the run that has them")
    {
        Details = "The finding stands at what runs the code: a build tool, a script or an action of the checked-out tree after the checkout. A checkout that nothing runs is pedantic. "
            + "A job whose condition asks for the repository or the author of the change runs no outsider's; a checkout into a folder counts for what runs there. Of `workflow_run`, so do artifacts of the run before, where pull requests start that one: they are data of an outsider's. A workflow that a privileged one of the repository calls has its rights: each of its jobs is shown once, as medium where it is handed neither secrets nor a token that writes.",
    };

    public void Check(GitHubWorkflow workflow, Report report)
    {
        var callers = new PrivilegedCallers(report.Repository, workflow);
        if (!callers.Any) return;
        foreach (var job in workflow.Pipeline.Jobs)
            if (!OwnChanges.Only(workflow.Pipeline, job)) CheckJob(workflow, job, callers, report);
    }

    private static void CheckJob(GitHubWorkflow workflow, Job job, PrivilegedCallers callers, Report report)
    {
        var (pipeline, taint) = (workflow.Pipeline, new Taint(report.Repository));
        var workspace = new Workspace(pipeline, job, s => UntrustedCode.IsCheckedOut(s, t => Behind(t, taint, new(pipeline, workflow.Root, job, s), callers)), ForeignArtifacts.Any(pipeline, report.Repository));
        var ran = false;
        foreach (var step in job.Steps)
        {
            if (OwnChanges.Only(pipeline, step.Condition)) continue;
            workspace.Takes(step);
            if (workspace.Runs(step) is not (var where, var checkout)) continue;
            if (workspace.IsUnpacked(checkout))
            {
                report.In(report.File, where, "an outsider's file runs here with the repository's secrets and token", "out of an artifact of the run before", level: new(Confidence: Confidence.Medium),
                    related: [report.File.At(checkout.Range, "the artifact is unpacked here")]);
                continue;
            }
            report.In(report.File, where, "an outsider's code runs here with the repository's secrets and token", callers.Path is { } path ? $"after the checkout of the proposed change, called by {path}" : "after the checkout of the proposed change",
                level: callers.Path is null ? null : ran ? Level.Pedantic : callers.HandsOver ? new(Confidence: Confidence.Medium) : new(RuleSeverity.Medium, Confidence.Medium), related: [report.File.At(checkout.Range, "the change is checked out here"), .. callers.At]);
            ran = true;
        }
        if (workspace.Checkout is { } taken && !ran) report.At(taken.Range, "an outsider's code is checked out in a run with rights; nothing seen here runs it", level: new(RuleSeverity.Medium, Confidence.Low, Persona.Pedantic));
    }

    /// <summary>The contexts that a text's expressions are read from, and what those callers hand in that start it with rights.</summary>
    private static IEnumerable<string> Behind(string text, Taint taint, TaintPlace place, PrivilegedCallers callers) => UntrustedCode.InputsIn(text).SelectMany(callers.Given)
        .Concat(UntrustedCode.Expressions(text).OfType<Expression>().SelectMany(e => taint.Into(e, place)).Where(s => !s.Via.Any(v => v.StartsWith("inputs.", StringComparison.Ordinal))).Select(s => s.Path));
}
