using Signalbox.Pipelines;
using Signalbox.Pipelines.AzurePipelines;

namespace Signalbox.Audit.Rules;

internal sealed class SecretVariableSetInlineRule : Rule, IChecks<AzurePipeline>
{
    public override RuleInfo Info { get; } = new(
        "secret-variable-set-inline", "Secret variable set by a script", Theme.Secrets, RuleSeverity.Medium, ["azure-pipelines"],
        "The value is visible in the definition and in logs", "Keep the secret in a variable group or a key vault and let the step that needs it read it from there")
    {
        Details = "The logging command `##vso[task.setvariable …;issecret=true]`. A value that is written out is shown to everyone; one that the script read from somewhere is pedantic.",
    };

    public void Check(AzurePipeline azure, Report report)
    {
        foreach (var step in azure.Pipeline.Jobs.SelectMany(j => j.Steps))
            if (step.Script is { } script) CheckScript(script, report);
    }

    private static void CheckScript(Script script, Report report)
    {
        const string Open = "##vso[task.setvariable";
        var text = script.Text;
        for (var at = text.IndexOf(Open, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(Open, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var end = text.IndexOf(']', at);
            if (end < 0) return;
            if (!text.AsSpan(at, end - at).Contains("issecret=true", StringComparison.OrdinalIgnoreCase)) continue;
            report.At(script.InFile(new(at, end + 1)), "a script sets a secret variable: its value was plain text until then", level: end + 1 < text.Length && text[end + 1] is '$' or '%' ? Level.Pedantic : null);
        }
    }
}
