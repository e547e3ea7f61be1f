namespace Signalbox.Audit.Rules;

internal sealed class SudoInDockerfileRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "sudo-in-dockerfile", "sudo in a build step", Theme.Dockerfile, RuleSeverity.Medium, ["dockerfile"],
        "Unpredictable and a way to root later", "Run privileged build steps before USER, without sudo");

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var run in file.Of("RUN"))
            foreach (var command in run.Arguments.Shell.Commands)
                // what is before the program, not what it is told: packages are called sudo, too
                if (command.Words.Take(command.Words.Length - command.Arguments.Length).FirstOrDefault(w => w.Text is "sudo" or "/usr/bin/sudo") is { } sudo)
                    report.At(run.Arguments.InFile(sudo.Range), "`sudo` runs a build step as root", "expected the step before USER");
    }
}
