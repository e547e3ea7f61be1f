using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DuplicateStageNameRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "duplicate-stage-name", "Two stages with one name", Theme.Dockerfile, RuleSeverity.High, ["dockerfile"],
        "The wrong stage may be used",
        "Give each stage a name of its own");

    public void Check(Docker.Dockerfile file, Report report)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var stage in file.Stages)
            if (stage.Name is { } name && !seen.Add(name))
                report.At(stage.From.Range, $"a second stage is called {YamlQuote.Short(name)}", "expected another name");
    }
}
