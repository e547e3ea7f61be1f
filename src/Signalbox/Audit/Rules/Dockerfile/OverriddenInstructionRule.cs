namespace Signalbox.Audit.Rules;

internal sealed class OverriddenInstructionRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "overridden-instruction", "Instruction given twice, only the last counts", Theme.Dockerfile, RuleSeverity.Medium, ["dockerfile"],
        "What is written first never runs",
        "Keep the last one");

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var stage in file.Stages)
            foreach (var name in (ReadOnlySpan<string>)["CMD", "ENTRYPOINT", "HEALTHCHECK"])
            {
                var all = file.In(stage).Where(i => i.Name == name && !i.IsOnBuild).ToList();
                foreach (var lost in all.Take(all.Count - 1))
                    report.At(lost.Range, $"this {name} never runs, a later one takes its place", $"given {all.Count} times");
            }
    }
}
