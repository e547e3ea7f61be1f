namespace Signalbox.Audit.Rules;

internal sealed class PasswordSetInBuildRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "password-set-in-build", "Password set with chpasswd", Theme.Dockerfile, RuleSeverity.Medium, ["dockerfile"],
        "It is in the image for good",
        "Set no password in the image; where one is needed, let the container's start set it from a secret");

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var command in file.Commands)
            if (command.Command.Program is "chpasswd" || (command.Command.Program is "passwd" && command.Command.Has("--stdin")) || (command.Command.Program == "usermod" && command.Command.Has("-p")))
                report.At(command.InFile(command.Command.Range), "a password is set in the build", "it is in the image for good");
    }
}
