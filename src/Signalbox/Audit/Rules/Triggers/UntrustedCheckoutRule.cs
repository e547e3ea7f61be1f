using Signalbox.Audit.GitHub;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;

namespace Signalbox.Audit.Rules;

internal sealed partial class UntrustedCheckoutRule : Rule, IChecks<GitHubWorkflow>
{
    public override RuleInfo Info { get; } = new(
        "untrusted-checkout", "Untrusted code checked out in a privileged run", Theme.Triggers, RuleSeverity.Critical, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "Building a fork's code with secrets or a write token gives the fork both",
        "Build proposed changes in a run without rights (pull_request), and hand only data on to the run that has them")
    {
        Details = "The finding stands at what runs the code: a build tool, a script or an action of the checked-out tree after the checkout. A checkout that nothing runs is pedantic.",
    };

    public void Check(GitHubWorkflow workflow, Report report)
    {
        if (!workflow.Pipeline.Triggers.Any(t => t.Kind is TriggerKinds.Privileged or TriggerKinds.Called)) return;
        var privileged = workflow.Pipeline.Triggers.Any(t => t.Kind == TriggerKinds.Privileged);
        foreach (var job in workflow.Pipeline.Jobs) CheckJob(job, privileged, report);
    }

    private static void CheckJob(Job job, bool privileged, Report report)
    {
        Step? checkout = null;
        var ran = false;
        foreach (var step in job.Steps)
        {
            if (UntrustedCode.IsCheckedOut(step)) checkout ??= step;
            else if (checkout is not null && Runs(step) is { } where)
            {
                if (!privileged) return;
                report.In(report.File, where, "an outsider's code runs here with the repository's secrets and token", "after the checkout of the proposed change", related: report.File.At(checkout.Range, "the change is checked out here"));
                ran = true;
            }
        }
        if (checkout is not null && !ran && privileged) report.At(checkout.Range, "an outsider's code is checked out in a run with rights; nothing seen here runs it", level: new(RuleSeverity.Medium, Confidence.Low, Persona.Pedantic));
    }

    private static Yaml.TextRange? Runs(Step step) =>
        UntrustedCode.Runner(step) is { } command ? step.Script!.InFile(command.Range) : UntrustedCode.UsesTree(step) ? step.Uses!.Range : null;
}
