using Signalbox.Audit.Readers;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Rules;

internal sealed class HostKeyCheckDisabledRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "host-key-check-disabled", "SSH host key check disabled", Theme.Delivery, RuleSeverity.High, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "The deployment can be sent to an impostor host",
        "Write the host's public key to known_hosts from a variable, and let ssh check it");

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Script is not { } script) return;
        foreach (var command in script.Shell.Commands)
            foreach (var word in command.Words)
                if (Disables(command, word.Text))
                    report.At(script.InFile(word.Range), $"`{command.Program}` accepts any host key", "expected the host's key in known_hosts");
    }

    private static bool Disables(ShellCommand command, string word) =>
        command.Program is "ssh" or "scp" or "sftp" or "rsync" or "git" or "export" or "sshpass" or "ansible-playbook" or "echo" or "printf" or ""
        && word.Replace(" ", "=", StringComparison.Ordinal).Contains("StrictHostKeyChecking=no", StringComparison.OrdinalIgnoreCase);
}
