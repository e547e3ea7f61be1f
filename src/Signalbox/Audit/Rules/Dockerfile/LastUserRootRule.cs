namespace Signalbox.Audit.Rules;

internal sealed class LastUserRootRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "last-user-root", "Final user is root", Theme.Dockerfile, RuleSeverity.Medium, ["dockerfile"],
        "The container starts as root",
        "End the stage with USER and a numeric id other than 0")
    {
        Details = "The last stage, and those it is built on, are shown to everyone; other stages to `--persona auditor`.",
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var stage in file.Stages)
            if (file.In(stage).LastOrDefault(i => i.Name == "USER") is { Words: [var user, ..] } last && user.Text.Split(':')[0] is "root" or "0")
                report.At(last.Arguments.InFile(user.Range), "the last user is root", "expected another", level: stage == file.Last ? null : Level.Auditor);
    }
}
