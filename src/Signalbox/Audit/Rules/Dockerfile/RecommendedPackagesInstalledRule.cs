using Signalbox.Audit.Docker;

namespace Signalbox.Audit.Rules;

internal sealed class RecommendedPackagesInstalledRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "recommended-packages-installed", "Recommended packages installed", Theme.Dockerfile, RuleSeverity.Low, ["dockerfile"],
        "More software than asked for",
        "Add --no-install-recommends, and name what is needed")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Unsafe,
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var command in file.Commands)
        {
            if (PackageCommand.Of(command.Command) is not { Manager: "apt", Verb: "install" } package || package.Command.Has("--no-install-recommends") || package.Command.Arguments.Any(w => IsOff(w.Text))) continue;
            report.At(command.InFile(package.VerbWord.Range), $"{command.Command.Program} installs recommended packages too", "expected --no-install-recommends",
                fix: command.Run.IsExec ? null : DockerFix.After(report, FixSafety.Unsafe, "install what is named alone", command.InFile(package.VerbWord.Range), " --no-install-recommends"),
                level: file.IsInImage(command.Run.Stage) ? null : Level.Auditor);
        }
    }

    private static bool IsOff(string word) => word.Contains("APT::Install-Recommends", StringComparison.OrdinalIgnoreCase) && word.EndsWith('0') || word.EndsWith("Install-Recommends=false", StringComparison.OrdinalIgnoreCase);
}
