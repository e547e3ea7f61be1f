using Signalbox.Audit.Readers;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Rules;

internal sealed class SecretSentOverNetworkRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "secret-sent-over-network", "Secret passed to a network client", Theme.Injection, RuleSeverity.High, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "A secret on a curl command line leaves the trust boundary and may be logged", "Send secrets over https to the service they belong to, from a header file (curl -H @file) or standard input")
    {
        Details = "Shown to everyone where the secret goes over http or into the address itself, which servers log. A secret in a header or body sent over https is pedantic.",
    };

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Script is not { } script) return;
        foreach (var command in script.Shell.Commands)
            if (command.Program is "curl" or "wget" or "nc" or "ncat" or "netcat" && command.Arguments.FirstOrDefault(a => Secret(a.Text, site)) is { } word)
                report.At(script.InFile(command.Range), $"`{command.Program}` is given a secret", "whoever sees the command or the address sees it", level: IsExposed(command, word) ? null : Level.Pedantic);
    }

    /// <summary>Whether a word holds a secret: by expression, or by a variable that was set from one.</summary>
    private static bool Secret(string word, PipelineStep site)
    {
        if (word.Contains("secrets.", StringComparison.OrdinalIgnoreCase) && word.Contains("${{", StringComparison.Ordinal)) return true;
        return GitHub.ShellVariables.In(word).Any(name => site.Step.Variables.Concat(site.Job.Variables).Concat(site.Pipeline.Variables).Any(v => v.Name == name && v.Value?.Contains("secrets.", StringComparison.OrdinalIgnoreCase) == true));
    }

    private static bool IsExposed(ShellCommand command, ShellWord word) =>
        command.Program is "nc" or "ncat" or "netcat" || command.Arguments.Any(a => a.Text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) && !a.Text.Contains("localhost", StringComparison.Ordinal) && !a.Text.Contains("127.0.0.1", StringComparison.Ordinal))
        || (word.Text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && word.Text.Contains('?'));
}
