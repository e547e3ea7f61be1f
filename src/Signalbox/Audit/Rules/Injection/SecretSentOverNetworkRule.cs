using System.Text.RegularExpressions;
using Signalbox.Audit.Kubernetes;
using Signalbox.Audit.Readers;
using Signalbox.Pipelines;

namespace Signalbox.Audit.Rules;

internal sealed partial class SecretSentOverNetworkRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "secret-sent-over-network", "Secret passed to a network client", Theme.Injection, RuleSeverity.High, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "A secret on a curl command line leaves the trust boundary and may be logged", "Send secrets over https to the service they belong to, from a header file (curl -H @file) or standard input")
    {
        Details = "Shown to everyone where the secret goes over http or into the address itself, which servers log. A secret in a header or body sent over https is pedantic. "
            + "Outside GitHub a variable that no file sets, and whose name says that it is a secret, is taken for one: CI/CD variables, variable groups and bound credentials are set elsewhere.",
    };

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Script is not { } script) return;
        foreach (var command in script.Shell.Commands.Where(c => c.Program is "curl" or "wget" or "nc" or "ncat" or "netcat"))
        {
            var words = command.Arguments.Select(a => Expanded(a.Text, site)).ToList();
            if (words.Any(HasSecret))
                report.At(script.InFile(command.Range), $"`{command.Program}` is given a secret", "whoever sees the command or the address sees it", level: IsExposed(command.Program, words) ? null : Level.Pedantic);
        }
    }

    /// <summary>A word with the variables that the pipeline sets written out, and those that only its platform can set as secrets.</summary>
    private static string Expanded(string word, PipelineStep site)
    {
        foreach (var name in Shell.ShellVariables.In(word).OrderByDescending(n => n.Length).ToList())
        {
            var set = site.Step.Variables.Concat(site.Job.Variables).Concat(site.Pipeline.Variables).FirstOrDefault(v => v.Name == name);
            // GitHub hands a step nothing that the file does not name: the script itself has set it
            if ((set is not null ? set.Value : site.Pipeline.Platform == Platform.GitHubActions ? null : Secret(name)) is { } value)
                word = word.Replace($"${{{name}}}", value, StringComparison.Ordinal).Replace($"${name}", value, StringComparison.Ordinal);
        }
        return site.Pipeline.Platform == Platform.AzurePipelines ? Macro().Replace(word, m => Secret(m.Groups[1].Value) ?? m.Value) : word;
    }

    private static string? Secret(string name) => SecretWords.OfName(name) == SecretLikeness.Strong ? $"${{{{ secrets.{name} }}}}" : null;

    // learn.microsoft.com/azure/devops/pipelines/process/variables: written out before the shell sees the command
    [GeneratedRegex(@"\$\(([A-Za-z0-9_.-]+)\)")]
    private static partial Regex Macro();

    private static bool HasSecret(string text) => (text.Contains("secrets.", StringComparison.OrdinalIgnoreCase) || text.Contains("secrets[", StringComparison.OrdinalIgnoreCase)) && text.Contains("${{", StringComparison.Ordinal);

    private static bool IsExposed(string program, List<string> words) =>
        program is "nc" or "ncat" or "netcat" || words.Any(w => w.StartsWith("http://", StringComparison.OrdinalIgnoreCase) && !w.Contains("localhost", StringComparison.Ordinal) && !w.Contains("127.0.0.1", StringComparison.Ordinal))
        || words.Any(w => w.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && HasSecret(PathOf(w)));

    // the host alone says where a secret goes, not what it is
    private static string PathOf(string address) => address.IndexOfAny(['/', '?'], "https://".Length) is >= 0 and var at ? address[at..] : "";
}
