using System.Text.RegularExpressions;
using Signalbox.Audit.Readers;
using Signalbox.Audit.Shell;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Rules;

/// <summary>Scripts that take a field out of a secret with jq.</summary>
internal sealed partial class UnredactedSecretsRule
{
    private static readonly string[] s_takers = ["jq", "gojq", "jaq"];

    public void Check(PipelineStep site, Report report)
    {
        if (site.Pipeline.Platform != Platform.GitHubActions || site.Step.Script is not { } script || script.Text.Contains("::add-mask::", StringComparison.Ordinal)) return;
        if (!s_takers.Any(t => script.Text.Contains(t, StringComparison.Ordinal))) return;
        var secrets = site.Step.Variables.Concat(site.Job.Variables).Concat(site.Pipeline.Variables).Where(v => IsSecret(v.Value)).Select(v => v.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var command in script.Shell.Commands)
            if (Taken(script.Shell, command, w => IsSecret(w) || ShellVariables.In(w).Any(secrets.Contains)) is { } taker)
                report.At(script.InFile(taker.Range), "what is taken out of the secret is not masked in logs");
    }

    /// <summary>The command that takes a field out of what a command prints of a secret, or is itself given; null where none does, or it goes into a file.</summary>
    private static ShellCommand? Taken(ShellScript script, ShellCommand command, Predicate<string> isSecret)
    {
        if (command.Redirects.Any(r => r.Operator == "<<<" && isSecret(r.Target.Text))) return TakesField(command) ? command : null;
        if (command.Link != ShellLink.Pipe || !command.Arguments.Any(a => isSecret(ShellText.Expanded(script.Text, a)))) return null;
        return script.PipelineFrom(command).Skip(1).FirstOrDefault(TakesField);
    }

    private static bool TakesField(ShellCommand command) => s_takers.Contains(command.Program) && !command.Redirects.Any(r => r.Operator is ">" or ">>" && !r.Target.Text.Contains("GITHUB_", StringComparison.Ordinal))
        && command.Arguments.FirstOrDefault(a => !a.Text.StartsWith('-')) is { } filter && Field().IsMatch(filter.Text) && !Answer().IsMatch(filter.Text);

    // `secrets` as a whole is masked piece by piece
    private static bool IsSecret(string? text) => text?.Contains("secrets.", StringComparison.Ordinal) == true && Secret().Matches(text).Any(m => !m.Value.EndsWith(".GITHUB_TOKEN", StringComparison.Ordinal));

    [GeneratedRegex(@"\$\{\{[^}]*\bsecrets\.\w+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Secret();

    // .key, ."a", .[0].key, .[], to_entries
    [GeneratedRegex(@"^[\s(]*\.(\[[^\]]*\]\.?)*[A-Za-z_""]|^[\s(]*\.\[\]|to_entries", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Field();

    // what says something of a field is none: .a | length
    [GeneratedRegex(@"\|\s*(length|type|keys|test|has)\b", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Answer();
}
