using System.Text.RegularExpressions;
using Signalbox.Audit.GitHub;
using Signalbox.Audit.Readers;
using Signalbox.Audit.Shell;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions.Expressions;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Rules;

internal sealed partial class EnvironmentFileInjectionRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "environment-file-injection", "Untrusted value written to the environment file", Theme.Injection, RuleSeverity.High, ["github-actions"],
        "A value an outsider controls can set variables or PATH for every later step",
        "Hand values on through GITHUB_OUTPUT, or write nothing but literals where outsiders start the run")
    {
        Confidence = Confidence.Medium,
        Details = "Found in workflows that outsiders start with the repository's rights (`pull_request_target`, `workflow_run` and their kin), for writes of anything but literals and what the runner itself says (its server, repository, run and commit); "
            + "in composite actions, whose callers are not known, for auditors.",
    };

    private static readonly string[] s_files = ["GITHUB_ENV", "GITHUB_PATH"];

    // PowerShell's ways to write a file
    private static readonly HashSet<string> s_cmdlets = new(StringComparer.OrdinalIgnoreCase) { "out-file", "add-content", "set-content", "tee-object", "ac", "sc" };

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Script is not { } script || !s_files.Any(f => script.Text.Contains(f, StringComparison.OrdinalIgnoreCase))) return;
        var action = site.Pipeline.Triggers.Length == 0;
        if (!action && !site.Pipeline.Triggers.Any(t => t.Kind == TriggerKinds.Privileged)) return;
        foreach (var file in s_files.Where(f => script.Text.Contains(f, StringComparison.OrdinalIgnoreCase)))
            foreach (var command in script.Shell.Commands)
                if (Writes(script, command, file))
                    report.At(script.InFile(command.Range), $"a value that is no literal is written to ${file}", "an outsider may choose what later steps run",
                        level: action ? Level.Auditor : null);
    }

    private static bool Writes(Script script, ShellCommand command, string file)
    {
        if (!ShellGroups.IsEnd(command) && !RunnerFileWrites.IsSilent(command) && RunnerFileWrites.WritesTo(script.Shell, command, file))
            return command.Program == "cat" && ShellFlow.HereText(script.Text, command) is { } here ? here.AsSpan().ContainsAny('$', '`')
                : (command.Program is not ("echo" or "printf") && !ShellText.IsWriteOutput(command)) || command.Arguments.Any(a => !IsLiteral(script.Text, a) && !IsRunners(script, a) && !IsFixed(a.Text));
        return s_cmdlets.Contains(command.Program) && command.Arguments.Any(a => RunnerFileWrites.Names(a.Text, file));
    }

    // what nobody outside chooses: names of branches and events are not among them
    private static readonly HashSet<string> s_runners = new(StringComparer.Ordinal)
    {
        "GITHUB_SERVER_URL", "GITHUB_API_URL", "GITHUB_GRAPHQL_URL", "GITHUB_REPOSITORY", "GITHUB_REPOSITORY_OWNER", "GITHUB_RUN_ID", "GITHUB_RUN_NUMBER", "GITHUB_RUN_ATTEMPT", "GITHUB_SHA", "GITHUB_WORKSPACE",
        "RUNNER_OS", "RUNNER_ARCH", "RUNNER_TEMP", "RUNNER_TOOL_CACHE", "HOME", "PWD",
    };

    /// <summary>Whether every variable of a word is the runner's own, or set from such ones before.</summary>
    private static bool IsRunners(Script script, ShellWord word, int depth = 0) =>
        depth < 4 && word.Nested.Count == 0 && !word.Text.Contains('`') && Variables().Matches(word.Text) is { Count: > 0 } used
        && used.All(u => s_runners.Contains(u.Groups[1].Value) || Set(script, u.Groups[1].Value, word, depth));

    /// <summary>Whether all that is put into a word is a number, a hash or another value that nobody outside chooses.</summary>
    private static bool IsFixed(string word)
    {
        var at = 0;
        for (var next = word.IndexOf("${{", StringComparison.Ordinal); next >= 0; next = word.IndexOf("${{", at, StringComparison.Ordinal))
        {
            var parsed = ExpressionParser.Fenced(word, next + 3);
            if (word.AsSpan(at, next - at).ContainsAny('$', '`') || parsed.Root is not { } root || !ExpressionFlow.Leaves(root).All(l => l.Path is { } path && ContextTrust.Of(path) == Control.None)) return false;
            at = parsed.End;
        }
        return at > 0 && !word.AsSpan(at).ContainsAny('$', '`');
    }

    private static bool Set(Script script, string name, ShellWord use, int depth)
    {
        var values = script.Shell.Commands.SelectMany(c => c.Assignments).Where(a => a.Text.StartsWith(name + "=", StringComparison.Ordinal) && a.Range.Start < use.Range.Start).ToList();
        return values.Count > 0 && values.All(v => IsLiteral(script.Text, v) || IsRunners(script, v, depth + 1));
    }

    [GeneratedRegex(@"\$\{?([A-Za-z_][A-Za-z0-9_]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Variables();

    /// <summary>Whether a word is the same in every run: nothing in it is expanded.</summary>
    private static bool IsLiteral(string script, ShellWord word) => script[word.Range.Start] == '\'' || (word.Nested.Count == 0 && !word.Text.Contains('$') && !word.Text.Contains('%'));
}
