using Signalbox.Audit.Docker;

namespace Signalbox.Audit.Rules;

internal sealed class FullSystemUpgradeRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "full-system-upgrade", "Full upgrade inside the image", Theme.Dockerfile, RuleSeverity.Low, ["dockerfile"],
        "The image differs from its base in unknown ways",
        "Take a newer base image instead")
    {
        Persona = Persona.Pedantic,
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var command in file.Commands)
            if (PackageCommand.Of(command.Command) is { Verb: "dist-upgrade" or "distro-sync" or "full-upgrade" } package)
                report.At(command.InFile(package.VerbWord.Range), $"{command.Command.Program} {package.VerbWord.Text} turns the image into another one than its base", "expected a newer base image");
    }
}
