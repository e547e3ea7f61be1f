using Signalbox.Audit.GitHub.Data;
using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class ArchivedActionRule : UsedActionCheck, IChecks<PreCommitRepo>
{
    public override RuleInfo Info { get; } = new(
        "archived-action", "Action repository is archived", Theme.SupplyChain, RuleSeverity.Medium, ["github-actions"],
        "No one will fix it", "Use a maintained action, or the runner's own commands (gh, rustup, …)");

    public void Check(PreCommitRepo repo, Report report)
    {
        if (repo.GitHubName is { } name && ArchivedActions.Contains(name)) report.At(repo.Url, $"'{YamlQuote.Short(name)}' is archived: nobody will mend it");
    }

    protected override void Check(UsedCode uses, Report report)
    {
        if (uses is { IsLocal: false, IsImage: false } && ArchivedActions.Contains(uses.Repository)) report.At(uses.Range, $"'{YamlQuote.Short(uses.Repository)}' is archived: nobody will mend it");
    }
}
