using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class SelfRepositoryReferenceRule : Rule, IChecks<GitHubWorkflow>
{
    public override RuleInfo Info { get; } = new(
        "self-repository-reference", "Own action or workflow referenced by workspace path (./) instead of self-repository syntax ($/)", Theme.SupplyChain, RuleSeverity.Low, ["github-actions"],
        "A ./ reference loads whatever lies in the workspace at run time, so an earlier step can replace it; $/ is pinned to the commit (GitHub, July 2026)",
        "Write $/path instead of ./path")
    {
        Fix = FixSafety.Safe,
        Persona = Persona.Pedantic,
        Details = "Not fixed where a checkout puts another repository, or this one elsewhere, into the workspace: there `./` may mean that.",
    };

    public void Check(GitHubWorkflow workflow, Report report)
    {
        foreach (var job in workflow.Pipeline.Jobs)
            foreach (var uses in job.Uses) CheckUse(uses, job, report);
    }

    private static void CheckUse(UsedCode uses, Job job, Report report)
    {
        if (!uses.Name.StartsWith("./", StringComparison.Ordinal) || uses.Node is not { } node) return;
        var elsewhere = job.Steps.Any(s => s.Uses?.Is("actions/checkout") == true && (s.Input("path") is not null || s.Input("repository") is not null));
        report.At(uses.Range, $"'{YamlQuote.Short(uses.Name)}' is whatever lies there when the step runs", "expected $/",
            fix: elsewhere ? null : report.Fix(FixSafety.Safe, "take it from the repository", YamlPatch.SetScalar(node, "$" + node.Value[1..])));
    }
}
