using Signalbox.Audit.Readers;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class UnpinnedToolVersionRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "unpinned-tool-version", "Setup step installs a floating tool version", Theme.SupplyChain, RuleSeverity.Low, ["github-actions"],
        "The tool that builds the release changes between two identical runs", "Give the action the version of the tool");

    /// <summary>Actions that install the latest version of a tool where none is given, with the input that gives it (each one's action.yml).</summary>
    private static readonly Dictionary<string, string> s_actions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["aquasecurity/setup-trivy"] = "version",
        ["1password/load-secrets-action"] = "version",
    };

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Uses is not { } uses || !s_actions.TryGetValue(uses.Name, out var input)) return;
        if (site.Step.Condition is { Text: "false" }) return;
        var given = site.Step.Inputs.FirstOrDefault(i => i.Name == input);
        if (given is null) report.At(uses.Range, $"'{YamlQuote.Short(uses.Name)}' installs the latest version of its tool", $"expected {input}");
        else if (given.Value == "latest") report.At(given.Range, $"'{YamlQuote.Short(uses.Name)}' installs the latest version of its tool", "expected a version");
    }
}
