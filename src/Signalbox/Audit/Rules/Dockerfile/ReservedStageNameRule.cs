namespace Signalbox.Audit.Rules;

internal sealed class ReservedStageNameRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "reserved-stage-name", "Stage named with a reserved word", Theme.Dockerfile, RuleSeverity.Medium, ["dockerfile"],
        "The builder reads it as something else",
        "Give the stage another name");

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var stage in file.Stages)
            if (stage.Name?.ToLowerInvariant() is "scratch" or "context")
                report.At(stage.From.Range, $"a stage is called {stage.Name}, which the builder reads as something else", "expected another name");
    }
}
