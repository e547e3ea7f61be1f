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

    private const string Scanner = "ssh-keyscan";

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Script is not { } script) return;
        foreach (var command in script.Shell.Commands)
        {
            foreach (var word in command.Words)
                if (Disables(command, word.Text))
                    report.At(script.InFile(word.Range), $"`{command.Program}` accepts any host key", "expected the host's key in known_hosts");
            if (Kept(script.Shell, command) is { Count: > 0 } kept && !IsCompared(script.Shell, kept)) report.At(script.InFile(command.Range), "the host's key is whatever answers in this run", "expected the key from a variable", level: new(RuleSeverity.Medium));
        }
    }

    /// <summary>The names of the files that keep the scanned keys, where one of them is what ssh trusts; else none.</summary>
    private static List<string> Kept(ShellScript script, ShellCommand command)
    {
        if (command.Program != Scanner) return [];
        // what goes on behind another scan is the other's answer
        var files = script.PipelineFrom(command).Skip(1).TakeWhile(c => c.Program != Scanner).SelectMany(c => Written(c).Concat(c.Program == "tee" ? c.Arguments : [])).Concat(Written(command)).Select(f => f.Text[(f.Text.LastIndexOf('/') + 1)..]).Where(f => f.Length > 0).ToList();
        return files.Any(f => f.Contains("known_hosts", StringComparison.Ordinal)) ? files : [];
    }

    private static IEnumerable<ShellWord> Written(ShellCommand command) => command.Redirects.Where(r => r.Operator.Contains('>')).Select(r => r.Target);

    // keys that are held against a fingerprint are no trust: the command that compares reads them, or the files that keep them
    private static bool IsCompared(ShellScript script, List<string> files)
    {
        var flows = false;
        foreach (var command in script.Commands)
        {
            flows |= command.Program == Scanner || command.Words.Concat(command.Redirects.Select(r => r.Target)).Any(w => w.Nested.Any(n => n.Program == Scanner) || files.Any(f => w.Text.Contains(f, StringComparison.Ordinal)));
            if (flows && (command.Program is "diff" or "cmp" or "sha256sum" || (command.Program == "ssh-keygen" && command.Has("-l")))) return true;
            flows &= command.Link == ShellLink.Pipe;
        }
        return false;
    }

    private static bool Disables(ShellCommand command, string word) =>
        command.Program is "ssh" or "scp" or "sftp" or "rsync" or "git" or "export" or "sshpass" or "ansible-playbook" or "echo" or "printf" or ""
        && word.Replace(" ", "=", StringComparison.Ordinal).Contains("StrictHostKeyChecking=no", StringComparison.OrdinalIgnoreCase);
}
