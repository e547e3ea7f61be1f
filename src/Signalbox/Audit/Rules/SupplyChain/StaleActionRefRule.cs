using Signalbox.Audit.GitHub;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class StaleActionRefRule : UsedActionCheck
{
    public override RuleInfo Info { get; } = new(
        "stale-action-ref", "Pinned commit matches no tag", Theme.SupplyChain, RuleSeverity.Low, ["github-actions"],
        "The pin is not a release anyone supports", "Pin the commit of a release")
    {
        Persona = Persona.Pedantic,
        Details = ActionRefsNeeded + " A repository without tags has no releases to pin, so nothing is found there.",
    };

    protected override void Check(UsedCode uses, Report report)
    {
        if (!UnpinnedActionRule.IsCommit(uses.Ref) || report.Repository.Lock(uses) is not { } known || !known.TagsOf().Any()) return;
        if (known.Reaches(uses.Ref!) == true && known.TagOf(uses.Ref!) is null)
            report.At(uses.Range, $"commit {uses.Ref![..12]} is no release of {YamlQuote.Short(uses.Repository)}", "expected the commit of a tag");
    }
}
