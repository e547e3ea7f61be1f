using Signalbox.Audit.Docker;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Rules;

internal sealed class PackageInstallPromptsRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "package-install-prompts", "Package install without assume-yes", Theme.Dockerfile, RuleSeverity.Medium, ["dockerfile"],
        "The build stops at a question",
        "Add -y (zypper: --non-interactive)")
    {
        Fix = FixSafety.Safe,
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var command in file.Commands)
        {
            if (PackageCommand.Of(command.Command) is not { Verb: "install" or "dist-upgrade" } package || Assumes(package) is not false || IsAnswered(command)) continue;
            var yes = package.Manager == "zypper" ? "--no-confirm" : "-y";
            report.At(command.InFile(package.VerbWord.Range), $"{command.Command.Program} asks before it installs", $"expected {yes}",
                fix: command.Run.IsExec ? null : DockerFix.After(report, FixSafety.Safe, $"add {yes}", command.InFile(package.VerbWord.Range), " " + yes));
        }
    }

    // yes | apt-get install …
    private static bool IsAnswered(DockerCommand command) => command.Siblings.Any(c => c is { Program: "yes", Link: ShellLink.Pipe });

    private static bool? Assumes(PackageCommand package) => package.Manager switch
    {
        "apt" => package.Command.Has("-y") || package.Command.Has("--yes") || package.Command.Has("--assume-yes") || package.Command.Arguments.Any(w => w.Text is "-q=2" || (w.Text.StartsWith("-q", StringComparison.Ordinal) && w.Text.Count(c => c == 'q') > 1))
            || package.Command.Arguments.Count(w => w.Text is "-q" or "--quiet") > 1 || package.Command.Arguments.Any(w => w.Text.Contains("Assume-Yes", StringComparison.OrdinalIgnoreCase)),
        "yum" or "dnf" => package.Command.Has("-y") || package.Command.Has("--assumeyes"),
        "zypper" => package.Command.Has("-n") || package.Command.Has("--non-interactive") || package.Command.Has("-y") || package.Command.Has("--no-confirm"),
        _ => null,
    };
}
