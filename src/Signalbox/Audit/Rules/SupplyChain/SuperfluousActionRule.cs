using Signalbox.Audit.Readers;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class SuperfluousActionRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "superfluous-action", "Action duplicates a runner built-in", Theme.SupplyChain, RuleSeverity.Low, ["github-actions"],
        "Third-party code for what one command does", "Use the command that the runner has")
    {
        Persona = Persona.Pedantic,
    };

    // each command is part of GitHub's runner images (github.com/actions/runner-images)
    private static readonly Dictionary<string, string> s_commands = new(StringComparer.OrdinalIgnoreCase)
    {
        ["actions/create-release"] = "gh release create",
        ["actions/upload-release-asset"] = "gh release upload",
        ["ncipollo/release-action"] = "gh release create",
        ["softprops/action-gh-release"] = "gh release create",
        ["elgohr/github-release-action"] = "gh release create",
        ["svenstaro/upload-release-action"] = "gh release upload",
        ["peter-evans/create-pull-request"] = "gh pr create",
        ["peter-evans/create-or-update-comment"] = "gh issue/pr comment",
        ["dacbd/create-issue-action"] = "gh issue create",
        ["actions-ecosystem/action-add-labels"] = "gh issue/pr edit --add-label",
        ["actions-ecosystem/action-remove-labels"] = "gh issue/pr edit --remove-label",
        ["addnab/docker-run-action"] = "docker run",
        ["sergeysova/jq-action"] = "jq",
        ["mikefarah/yq"] = "yq",
        ["dtolnay/rust-toolchain"] = "rustup toolchain install",
        ["stefanzweifel/git-auto-commit-action"] = "git commit and git push",
        ["endbug/add-and-commit"] = "git commit and git push",
    };

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Uses is { } uses && s_commands.TryGetValue(uses.Repository, out var command))
            report.At(uses.Range, $"'{YamlQuote.Short(uses.Name)}' does what `{command}` does on every runner");
    }
}
