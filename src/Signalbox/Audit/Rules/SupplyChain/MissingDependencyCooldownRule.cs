using Signalbox.Audit.Readers;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class MissingDependencyCooldownRule : Rule, IChecks<DependabotUpdate>
{
    public override RuleInfo Info { get; } = new(
        "missing-dependency-cooldown", "Updates taken without a waiting period", Theme.SupplyChain, RuleSeverity.Low, ["dependabot"],
        "Fresh malicious releases are usually found within days", "Wait a week: cooldown: { default-days: 7 }")
    {
        Fix = FixSafety.Safe,
        Persona = Persona.Pedantic,
        Details = "Without the setting Dependabot waits three days. Releases that carried malware were mostly taken down within a week "
            + "(blog.yossarian.net/2025/11/21, eight of ten attacks of the years before).",
    };

    public void Check(DependabotUpdate update, Report report)
    {
        var text = report.File.Text;
        var wanted = report.Policy.Thresholds.CooldownDays;
        if (update.Root.Entry("cooldown") is not { } cooldown)
            report.At((update.Root.Entry("package-ecosystem")?.Range ?? update.Root.Range), $"updates of {YamlQuote.Short(update.Ecosystem)} are taken without a waiting period", $"expected {wanted} days",
                fix: report.Fix(FixSafety.Safe, "wait for trouble to show", YamlPatch.Add(text, update.Root, $"cooldown:\n  default-days: {wanted}")));
        else if (cooldown.Value.Entry("default-days") is not { } days)
            report.At(cooldown.Range, $"updates of {YamlQuote.Short(update.Ecosystem)} wait no longer than the default", $"expected {wanted} days",
                fix: cooldown.Value is YamlMapping map ? report.Fix(FixSafety.Safe, "wait for trouble to show", YamlPatch.Add(text, map, $"default-days: {wanted}")) : null);
        else if (days.Value.Number() is { } given && given < wanted)
            report.At(days.Range, $"updates of {YamlQuote.Short(update.Ecosystem)} wait {given} days", $"expected {wanted}",
                fix: report.Fix(FixSafety.Safe, "wait for trouble to show", YamlPatch.SetValue(text, days, wanted.ToString(System.Globalization.CultureInfo.InvariantCulture))));
    }
}
