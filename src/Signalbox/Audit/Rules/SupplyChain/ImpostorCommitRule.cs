using Signalbox.Audit.GitHub;
using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ImpostorCommitRule : Rule, IChecks<PipelineStep>, IChecks<PipelineJob>
{
    public override RuleInfo Info { get; } = new(
        "impostor-commit", "Commit not part of the named repository", Theme.SupplyChain, RuleSeverity.High, ["github-actions"],
        "A fork's commit is reachable through the parent's name", "Take a commit that a branch or tag of the repository reaches, and look at what ran until now")
    {
        Persona = Persona.Regular,
        Details = "Needs to know the refs of the action's repository: from `.github/actions.lock`, or from the repository itself with `--online`. Without either it finds nothing.",
    };

    public void Check(PipelineStep site, Report report) => CheckUse(site.Step.Uses, report);

    public void Check(PipelineJob site, Report report) => CheckUse(site.Job.Calls, report);

    private static void CheckUse(UsedCode? uses, Report report)
    {
        if (uses is not null && report.Repository.Lock(uses) is { } known && UnpinnedActionRule.IsCommit(uses.Ref) && known.Unreachable.Contains(uses.Ref!))
            report.At(uses.Range, $"commit {uses.Ref![..12]} is no commit of {YamlQuote.Short(uses.Repository)}: no branch or tag reaches it");
    }
}
