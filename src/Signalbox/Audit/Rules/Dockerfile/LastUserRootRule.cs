using Signalbox.Audit.Docker;

namespace Signalbox.Audit.Rules;

internal sealed class LastUserRootRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "last-user-root", "Final user is root", Theme.Dockerfile, RuleSeverity.Medium, ["dockerfile"],
        "The container starts as root",
        "End the stage with USER and a numeric id other than 0")
    {
        Fix = FixSafety.Unsafe,
        Details = "The last stage, and those it is built on, are shown to everyone; other stages to `--persona auditor`.",
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var stage in file.Stages)
            if (file.In(stage).LastOrDefault(i => i.Name == "USER") is { Words: [var user, ..] } last && user.Text.Split(':')[0] is "root" or "0")
                report.At(last.Arguments.InFile(user.Range), "the last user is root", "expected another",
                    fix: stage == file.Last ? DockerFix.User(report, file, stage, Earlier(file, stage) ?? $"{report.Policy.Thresholds.UserId}") : null, level: stage == file.Last ? null : Level.Auditor);
    }

    /// <summary>Whom the stage ran as before it became root.</summary>
    private static string? Earlier(Docker.Dockerfile file, DockerStage stage) =>
        file.In(stage).Where(i => i is { Name: "USER", IsOnBuild: false, Words.Length: > 0 }).Select(i => i.Words[0].Text).LastOrDefault(u => u.Split(':')[0] is not ("root" or "0"));
}
