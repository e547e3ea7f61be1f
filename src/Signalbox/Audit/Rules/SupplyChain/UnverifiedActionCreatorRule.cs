using Signalbox.Audit.GitHub.Data;
using Signalbox.Audit.Readers;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class UnverifiedActionCreatorRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "unverified-action-creator", "Action from an unverified creator", Theme.SupplyChain, RuleSeverity.Low, ["github-actions"],
        "Nobody has checked who publishes it", "Look at the action's code before you take it, and pin it to the commit you looked at")
    {
        Persona = Persona.Auditor,
    };

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Uses is { IsLocal: false, IsImage: false } uses && uses.Name.IndexOf('/') is > 0 and var slash && !uses.Name.Contains('$') && !VerifiedCreators.Contains(uses.Name[..slash]))
            report.At(uses.Range, $"nobody has checked who '{YamlQuote.Short(uses.Name[..slash])}' is");
    }
}
