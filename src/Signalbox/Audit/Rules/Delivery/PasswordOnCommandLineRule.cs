using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Rules;

internal sealed partial class PasswordOnCommandLineRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "password-on-command-line", "Password given as a command argument", Theme.Delivery, RuleSeverity.High, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "Process lists and logs show it", "Hand it over on standard input: printf '%s' \"$PASSWORD\" | docker login --username USER --password-stdin")
    {
        Fix = FixSafety.Safe,
        Details = "`docker login -p` and its relatives (podman, buildah, helm registry, oras, skopeo, nerdctl), `sshpass -p`, `curl -u name:password`, `mysql -pPASSWORD`, `az login --password`. "
            + "The fix rewrites logins to a registry whose password is one variable or one expression.",
    };

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Script is not { } script) return;
        foreach (var command in script.Shell.Commands)
            if (Password(command) is { } word)
                report.At(script.InFile(word.Range), $"`{command.Program}` is given a password as an argument", "whoever lists processes sees it", fix: Mend(site.Step, script, command, report));
    }

    private static ShellWord? Password(ShellCommand command) => command.Program switch
    {
        "docker" or "podman" or "nerdctl" or "buildah" or "skopeo" or "oras" or "crane" when command.Arguments.Any(a => a.Text == "login") => Given(command, "-p", "--password"),
        "helm" when command.Is("helm", "registry", "login") || command.Is("helm", "repo", "add") => Given(command, "-p", "--password"),
        "az" when command.Verb == "login" => Given(command, "-p", "--password"),
        "sshpass" => Given(command, "-p", null),
        "curl" => UserAndPassword(command),
        "mysql" or "mysqldump" => command.Arguments.FirstOrDefault(a => a.Text.StartsWith("-p", StringComparison.Ordinal) && a.Text.Length > 2 && !a.Text.StartsWith("-p=", StringComparison.Ordinal)) ?? Given(command, null, "--password"),
        _ => null,
    };

    private static ShellWord? Given(ShellCommand command, string? letter, string? name)
    {
        for (var i = 0; i < command.Arguments.Length; i++)
        {
            var text = command.Arguments[i].Text;
            if ((text == letter || text == name) && i + 1 < command.Arguments.Length) return command.Arguments[i + 1];
            if (name is not null && text.StartsWith(name + "=", StringComparison.Ordinal)) return command.Arguments[i];
            if (letter is not null && text.StartsWith(letter, StringComparison.Ordinal) && text.Length > 2 && !text.StartsWith("--", StringComparison.Ordinal) && text[2] is '$' or '"' or '\'' or '=') return command.Arguments[i];
        }
        return null;
    }

    private static ShellWord? UserAndPassword(ShellCommand command) =>
        Given(command, "-u", "--user") is { } user && user.Text.IndexOf(':') is > 0 and var colon && colon < user.Text.Length - 1 ? user : null;

    /// <summary>A registry's login takes the password from standard input, whatever else it is given.</summary>
    private static Fix? Mend(Step step, Script script, ShellCommand command, Report report)
    {
        if (command.Program is not ("docker" or "podman" or "nerdctl" or "buildah" or "skopeo" or "oras" or "helm") || command.Is("helm", "repo", "add") || step.Shell is "pwsh" or "powershell" or "cmd") return null;
        var at = IndexOfPassword(command);
        if (at < 0 || command.Redirects.Length > 0) return null;
        var (option, value) = (command.Arguments[at], Value(command, at));
        if (value is null || value.Any(c => c is ' ' or '\'' or '"' or '`') && !value.StartsWith("${{", StringComparison.Ordinal)) return null;
        var last = command.Arguments[at].Text is "-p" or "--password" ? command.Arguments[at + 1] : option;
        var (start, piece) = (script.InFile(command.Range).Start, script.InFile(new(option.Range.Start, last.Range.End)));
        if (report.File.Text.Slice(piece) != script.Text[option.Range.Start..last.Range.End]) return null;
        return report.Fix(FixSafety.Safe, "hand the password over on standard input", new(new(start, start), $"printf '%s' \"{value}\" | "), new(piece, "--password-stdin"));
    }

    private static int IndexOfPassword(ShellCommand command)
    {
        for (var i = 0; i < command.Arguments.Length; i++)
            if (command.Arguments[i].Text is "-p" or "--password" ? i + 1 < command.Arguments.Length : command.Arguments[i].Text.StartsWith("--password=", StringComparison.Ordinal)) return i;
        return -1;
    }

    private static string? Value(ShellCommand command, int at)
    {
        var text = command.Arguments[at].Text is "-p" or "--password" ? command.Arguments[at + 1].Text : command.Arguments[at].Text["--password=".Length..];
        return text.Length > 1 && text[0] == '$' ? text : null;
    }
}
