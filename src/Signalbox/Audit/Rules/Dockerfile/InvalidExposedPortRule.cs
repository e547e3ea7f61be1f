using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class InvalidExposedPortRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "invalid-exposed-port", "Exposed port out of range", Theme.Dockerfile, RuleSeverity.High, ["dockerfile"],
        "The build fails",
        "Expose ports from 1 to 65535");

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var expose in file.Of("EXPOSE"))
            foreach (var word in expose.Words)
                if (!word.Text.Contains('$') && word.Text.Split('/')[0].Split('-').Any(p => !IsPort(p)))
                    report.At(expose.Arguments.InFile(word.Range), $"{YamlQuote.Short(word.Text)} is no port", "expected 1 to 65535");
    }

    private static bool IsPort(string text) => int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var port) && port is >= 0 and <= 65535;
}
