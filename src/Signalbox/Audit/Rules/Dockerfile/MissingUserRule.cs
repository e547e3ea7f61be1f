using Signalbox.Audit.Docker;

namespace Signalbox.Audit.Rules;

internal sealed class MissingUserRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "missing-user", "No user set", Theme.Dockerfile, RuleSeverity.Medium, ["dockerfile"],
        "Without USER the container starts as root",
        "Add USER with a numeric id other than 0 to the last stage")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Unsafe,
        Details = "Base images that say they are made for another user (nonroot, rootless) are left out.",
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        if (file.Last is not { } last || file.Instructions.Any(i => i.Name == "USER" && file.IsInImage(i.Stage))) return;
        for (var stage = last; stage is not null; stage = stage.Base)
            if (stage.Image.Contains("nonroot", StringComparison.OrdinalIgnoreCase) || stage.Image.Contains("rootless", StringComparison.OrdinalIgnoreCase) || stage.Image.StartsWith("cgr.dev/", StringComparison.Ordinal)) return;
        report.At(last.From.Range, "the image names no user, so its container starts as root", "expected USER",
            fix: DockerFix.User(report, file, last, $"{report.Policy.Thresholds.UserId}"));
    }
}
