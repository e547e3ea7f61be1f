using Signalbox.Audit.GitHub;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ImpostorCommitRule : UsedActionCheck
{
    public override RuleInfo Info { get; } = new(
        "impostor-commit", "Commit not part of the named repository", Theme.SupplyChain, RuleSeverity.High, ["github-actions"],
        "A fork's commit is reachable through the parent's name", "Take a commit that a branch or tag of the repository reaches, and look at what ran until now")
    {
        Details = ActionRefsNeeded,
    };

    protected override void Check(UsedCode uses, Report report)
    {
        if (UnpinnedActionRule.IsCommit(uses.Ref) && report.Repository.Lock(uses)?.Reaches(uses.Ref!) == false)
            report.At(uses.Range, $"commit {uses.Ref![..12]} is no commit of {YamlQuote.Short(uses.Repository)}: no branch or tag reaches it", "expected a commit of the repository itself");
    }
}
