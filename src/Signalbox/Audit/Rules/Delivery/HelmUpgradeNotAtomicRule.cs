using Signalbox.Audit.Readers;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class HelmUpgradeNotAtomicRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "helm-upgrade-not-atomic", "Helm upgrade without atomic or wait", Theme.Delivery, RuleSeverity.Medium, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "A failed upgrade stays half applied", "Add --atomic (Helm 4: --rollback-on-failure), which waits and goes back when the release does not become ready")
    {
        Fix = FixSafety.Unsafe,
    };

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Script is not { } script || site.Job.Deploys is not { Count: > 0 } deploys) return;
        foreach (var command in script.Shell.Commands)
        {
            if (command.Program != "helm" || command.Verb is not ("upgrade" or "install") || !deploys.Any(d => d.Command == command)) continue;
            if (command.Has("--atomic") || command.Has("--rollback-on-failure") || command.Has("--wait")) continue;
            var verb = command.Arguments.First(a => a.Text == command.Verb);
            var where = script.InFile(verb.Range);
            report.At(script.InFile(command.Range), $"`helm {command.Verb}` returns before the release is ready and leaves a failed one as it is", "expected --atomic",
                fix: report.File.Text.Slice(where) == verb.Text ? report.Fix(FixSafety.Unsafe, "wait, and go back on failure", new TextEdit(new(where.End, where.End), " --atomic")) : null);
        }
    }
}
