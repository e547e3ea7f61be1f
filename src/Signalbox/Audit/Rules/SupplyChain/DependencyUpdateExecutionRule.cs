using Signalbox.Audit.Readers;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DependencyUpdateExecutionRule : Rule, IChecks<DependabotUpdate>
{
    public override RuleInfo Info { get; } = new(
        "dependency-update-execution", "Update bot may run external code", Theme.SupplyChain, RuleSeverity.Medium, ["dependabot"],
        "The bot runs untrusted code with registry credentials", "Leave insecure-external-code-execution out, or set it to deny")
    {
        Fix = FixSafety.Unsafe,
    };

    public void Check(DependabotUpdate update, Report report)
    {
        if (update.Root.Entry("insecure-external-code-execution") is { } entry && entry.Value.Text() == "allow")
            report.At(entry.Range, $"updates of {YamlQuote.Short(update.Ecosystem)} may run code of the packages", "expected deny", fix: report.Fix(FixSafety.Unsafe, "let no package run code", YamlPatch.SetValue(report.File.Text, entry, "deny")));
    }
}
