using Signalbox.Audit.GitHub;
using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class StaleActionRefRule : Rule, IChecks<PipelineStep>, IChecks<PipelineJob>
{
    public override RuleInfo Info { get; } = new(
        "stale-action-ref", "Pinned commit matches no tag", Theme.SupplyChain, RuleSeverity.Low, ["github-actions"],
        "The pin is not a release anyone supports", "Pin the commit of a release")
    {
        Persona = Persona.Pedantic,
        Details = "Needs to know the refs of the action's repository: from `.github/actions.lock`, or from the repository itself with `--online`. Without either it finds nothing.",
    };

    public void Check(PipelineStep site, Report report) => CheckUse(site.Step.Uses, report);

    public void Check(PipelineJob site, Report report) => CheckUse(site.Job.Calls, report);

    private static void CheckUse(UsedCode? uses, Report report)
    {
        if (uses is not null && report.Repository.Lock(uses) is { } known && UnpinnedActionRule.IsCommit(uses.Ref) && known.TagOf(uses.Ref!) is null && !known.Unreachable.Contains(uses.Ref!))
            report.At(uses.Range, $"commit {uses.Ref![..12]} is no release of {YamlQuote.Short(uses.Repository)}");
    }
}
