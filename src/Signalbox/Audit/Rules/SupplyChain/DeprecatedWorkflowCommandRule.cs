using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class DeprecatedWorkflowCommandRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "deprecated-workflow-command", "Deprecated workflow command", Theme.SupplyChain, RuleSeverity.Low, ["github-actions"],
        "The command was withdrawn for security and will stop working", "Write NAME=VALUE to the file that GITHUB_OUTPUT, GITHUB_STATE, GITHUB_ENV or GITHUB_PATH names")
    {
        Fix = FixSafety.Safe,
        Details = "`set-output` and `save-state` (withdrawn 2022), `set-env` and `add-path` (withdrawn 2020). The fix rewrites `echo \"::set-output name=NAME::VALUE\"` "
            + "in POSIX shells; other forms are left to you.",
    };

    // github.blog/changelog 2022-10-11 and 2020-10-01
    private static readonly (string Command, string File)[] s_commands =
    [
        ("set-output", "GITHUB_OUTPUT"), ("save-state", "GITHUB_STATE"), ("set-env", "GITHUB_ENV"), ("add-path", "GITHUB_PATH"),
    ];

    public void Check(PipelineStep site, Report report)
    {
        if (site.Pipeline.Platform != Platform.GitHubActions || site.Step.Script is not { } script || !script.Text.Contains("::", StringComparison.Ordinal)) return;
        foreach (var (command, file) in s_commands)
            foreach (var at in Places(script.Text, command))
                report.At(script.InFile(new(at, at + command.Length + 2)), $"`::{command}` is withdrawn; expected the value in ${file}", fix: Mend(site.Step, script, at, command, file, report));
    }

    private static IEnumerable<int> Places(string text, string command)
    {
        for (var at = text.IndexOf("::" + command, StringComparison.Ordinal); at >= 0; at = text.IndexOf("::" + command, at + 1, StringComparison.Ordinal))
        {
            var after = at + 2 + command.Length;
            var parameter = command != "add-path";
            if (parameter ? text.AsSpan(after).TrimStart().StartsWith("name=") && after < text.Length && char.IsWhiteSpace(text[after]) : text.AsSpan(after).StartsWith("::")) yield return at;
        }
    }

    /// <summary>Only what can be seen whole: a command that echoes one word, quoted or not, and nothing else.</summary>
    private static Fix? Mend(Step step, Script script, int at, string command, string file, Report report)
    {
        if (step.Shell is "pwsh" or "powershell" or "cmd" or "python") return null;
        var echo = script.Shell.Commands.FirstOrDefault(c => c.Program == "echo" && c.Range.Contains(at));
        if (echo is null || echo.Redirects.Length > 0 || echo.Link == Pipelines.Shell.ShellLink.Pipe || echo.Arguments.Length == 0) return null;
        var written = script.Text[echo.Arguments[0].Range.Start..echo.Arguments[^1].Range.End];
        if (Rewritten(written, command, file) is not { } text) return null;
        var range = script.InFile(new(echo.Arguments[0].Range.Start, echo.Arguments[^1].Range.End));
        return report.File.Text.Slice(range) == written ? report.Fix(FixSafety.Safe, $"write to ${file}", new TextEdit(range, text)) : null;
    }

    private static string? Rewritten(string written, string command, string file)
    {
        var quote = written[0] is '"' or '\'' ? written[..1] : "";
        var inner = quote.Length > 0 && written.Length > 1 && written[^1] == written[0] ? written[1..^1] : written;
        if (quote.Length > 0 && inner.Contains(quote[0])) return null;
        if (quote.Length == 0 && inner.Any(c => c is '"' or '\'')) return null;
        var prefix = command == "add-path" ? "::add-path::" : $"::{command} name=";
        if (!inner.StartsWith(prefix, StringComparison.Ordinal)) return null;
        var rest = inner[prefix.Length..];
        var colons = command == "add-path" ? 0 : rest.IndexOf("::", StringComparison.Ordinal);
        if (colons < 0) return null;
        var line = command == "add-path" ? rest : $"{rest[..colons]}={rest[(colons + 2)..]}";
        return $"{quote}{line}{quote} >> \"${file}\"";
    }
}
