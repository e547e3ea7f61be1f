using Signalbox.Audit.GitHub;
using Signalbox.Audit.Readers;
using Signalbox.Pipelines.GitHubActions.Expressions;

namespace Signalbox.Audit.Rules;

internal sealed partial class UnredactedSecretsRule : ExpressionCheck, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "unredacted-secrets", "Secret unpacked so that masking fails", Theme.Secrets, RuleSeverity.Medium, ["github-actions"],
        "Fields taken out of a structured secret are not masked in logs", "Store each field as a secret of its own, or mask it with ::add-mask:: before it is used")
    {
        Details = "`fromJSON` of a secret, and scripts that hand one to `jq` and take a field out, unless they mask it.",
    };

    protected override void Check(IReadOnlyList<ExpressionText> texts, Report report)
    {
        foreach (var (text, call) in texts.Within<FunctionCall>())
            if (call.Is("fromJSON") && call.Arguments is [var argument] && argument.All().Any(e => e.Path?.StartsWith("secrets.", StringComparison.Ordinal) == true))
                report.At(text, call.Range, "what is taken out of the secret is not masked in logs");
    }
}
