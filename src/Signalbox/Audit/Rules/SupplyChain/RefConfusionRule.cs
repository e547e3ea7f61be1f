using Signalbox.Audit.GitHub;
using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class RefConfusionRule : Rule, IChecks<PipelineStep>, IChecks<PipelineJob>
{
    public override RuleInfo Info { get; } = new(
        "ref-confusion", "Reference is both a tag and a branch", Theme.SupplyChain, RuleSeverity.Medium, ["github-actions"],
        "The same name resolves to different code", "Pin the commit you mean")
    {
        Persona = Persona.Regular,
        Details = "Needs to know the refs of the action's repository: from `.github/actions.lock`, or from the repository itself with `--online`. Without either it finds nothing.",
    };

    public void Check(PipelineStep site, Report report) => CheckUse(site.Step.Uses, report);

    public void Check(PipelineJob site, Report report) => CheckUse(site.Job.Calls, report);

    private static void CheckUse(UsedCode? uses, Report report)
    {
        if (uses is not null && report.Repository.Lock(uses) is { } known && uses.Ref is { } name && known.Tag(name) is not null && known.Branch(name) is not null)
            report.At(uses.Range, $"{YamlQuote.Short(uses.Repository)} has both a tag and a branch called '{YamlQuote.Short(uses.Ref!)}'");
    }
}
