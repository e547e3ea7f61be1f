using Signalbox.Audit.Readers;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Rules;

internal sealed class HostKeyCheckDisabledRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "host-key-check-disabled", "SSH host key check disabled", Theme.Delivery, RuleSeverity.High, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "The deployment can be sent to an impostor host",
        "Write the host's public key to known_hosts from a variable, and let ssh check it")
    {
        Details = "`StrictHostKeyChecking=no`, and `ssh-keyscan` whose answer goes into known_hosts unseen: it trusts whoever answers in that run (medium).",
    };

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Script is not { } script) return;
        foreach (var command in script.Shell.Commands)
        {
            foreach (var word in command.Words)
                if (Disables(command, word.Text))
                    report.At(script.InFile(word.Range), $"`{command.Program}` accepts any host key", "expected the host's key in known_hosts");
            if (Trusts(script.Shell, command)) report.At(script.InFile(command.Range), "the host's key is whatever answers in this run", "expected the key from a variable", level: new(RuleSeverity.Medium));
        }
    }

    // one that is held against a fingerprint is no trust
    private static bool Trusts(ShellScript script, ShellCommand command) => command.Program == "ssh-keyscan"
        && (IsKnownHosts(command.Redirects.Select(r => r.Target)) || script.PipelineFrom(command).Skip(1).Any(c => IsKnownHosts(c.Redirects.Select(r => r.Target).Concat(c.Program == "tee" ? c.Arguments : []))))
        && !script.Commands.Any(c => c.Program is "ssh-keygen" or "diff" or "cmp" or "sha256sum" && (c.Program != "ssh-keygen" || c.Has("-l")));

    private static bool IsKnownHosts(IEnumerable<ShellWord> files) => files.Any(f => f.Text.Contains("known_hosts", StringComparison.Ordinal));

    private static bool Disables(ShellCommand command, string word) =>
        command.Program is "ssh" or "scp" or "sftp" or "rsync" or "git" or "export" or "sshpass" or "ansible-playbook" or "echo" or "printf" or ""
        && word.Replace(" ", "=", StringComparison.Ordinal).Contains("StrictHostKeyChecking=no", StringComparison.OrdinalIgnoreCase);
}
