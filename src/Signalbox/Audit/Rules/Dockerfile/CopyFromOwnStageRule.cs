using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class CopyFromOwnStageRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "copy-from-own-stage", "COPY from its own stage", Theme.Dockerfile, RuleSeverity.High, ["dockerfile"],
        "The build fails",
        "Copy from an earlier stage, or drop --from");

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var stage in file.Stages)
            foreach (var copy in file.In(stage).Where(i => i.Name == "COPY"))
                if (copy.Flag("from") is { } from && (string.Equals(from.Text, stage.Name, StringComparison.OrdinalIgnoreCase) || from.Text == $"{stage.Index}"))
                    report.At(copy.Arguments.InFile(from.Range), $"stage {YamlQuote.Short(from.Text)} copies from itself", "expected an earlier stage");
    }
}
