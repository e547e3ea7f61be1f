using Signalbox.Audit.GitHub;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class RefConfusionRule : UsedActionCheck
{
    public override RuleInfo Info { get; } = new(
        "ref-confusion", "Reference is both a tag and a branch", Theme.SupplyChain, RuleSeverity.Medium, ["github-actions"],
        "The same name resolves to different code", "Pin the commit you mean")
    {
        Details = ActionRefsNeeded,
    };

    protected override void Check(UsedCode uses, Report report)
    {
        if (uses.Ref is { } name && report.Repository.Lock(uses) is { } known && known.HasTag(name) && known.HasBranch(name))
            report.At(uses.Range, $"{YamlQuote.Short(uses.Repository)} has both a tag and a branch called '{YamlQuote.Short(name)}'", "expected a commit");
    }
}
