using Signalbox.Audit.Shell;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitLab;
using Signalbox.Pipelines.Shell;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

/// <remarks>GitLab's variables reach the shell as its own, which is safe until a shell reads their text again; inputs are put into the text.</remarks>
internal sealed partial class ScriptInjectionRule : IChecks<GitLabPipeline>
{
    // docs.gitlab.com, "Predefined CI/CD variables reference": those whose text somebody else chooses
    private static readonly string[] s_gitlabText =
    [
        "CI_COMMIT_MESSAGE", "CI_COMMIT_TITLE", "CI_COMMIT_DESCRIPTION", "CI_COMMIT_AUTHOR", "CI_COMMIT_REF_NAME", "CI_COMMIT_BRANCH", "CI_COMMIT_TAG_MESSAGE", "CI_BUILD_REF_NAME",
        "CI_MERGE_REQUEST_TITLE", "CI_MERGE_REQUEST_DESCRIPTION", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME",
    ];

    public void Check(GitLabPipeline gitlab, Report report)
    {
        var seen = new HashSet<Step>(ReferenceEqualityComparer.Instance);
        foreach (var job in gitlab.Jobs.Concat(gitlab.Templates))
        {
            // one shell runs all lines: what one sets the next ones read
            var lines = new List<ShellScript>();
            IReadOnlyList<IReadOnlyList<Variable>> declared = [job.Job.Variables, gitlab.Pipeline.Variables];
            foreach (var step in job.Job.Steps)
            {
                if (step.Script is not { } script) continue;
                lines.Add(script.Shell);
                if (seen.Add(step)) CheckLine(script, lines, declared, report);
            }
        }
    }

    private static void CheckLine(Script script, List<ShellScript> lines, IReadOnlyList<IReadOnlyList<Variable>> declared, Report report)
    {
        if (script.Text.Contains("$[[", StringComparison.Ordinal))
            foreach (var (name, range) in Expansions(script.Text, "$[[", "]]"))
                if (name.StartsWith("inputs.", StringComparison.Ordinal) && IsFree(name, report))
                    report.At(script.InFile(range), $"'{YamlQuote.Short(name)}' is expanded into the script: whoever includes the file or starts the pipeline writes it", "expected a variable of the job",
                        level: new(RuleSeverity.Medium, Confidence.Medium, Persona.Pedantic));
        foreach (var (program, word, origins) in ReadAsCode(lines, script.Text))
            if (origins.Select(o => Behind(o, declared, new(StringComparer.Ordinal))).FirstOrDefault(s => s is not null) is { } source)
                report.At(script.InFile(word.Range), $"`{program}` reads '{source.Variable}' as code{Through(source.Via)}: whoever makes the commit or the branch writes it", "expected it as an argument", level: new(RuleSeverity.High));
    }

    private static string Through(IReadOnlyList<string> via) => via.Count == 0 ? "" : $", through {string.Join(" and ", via.Select(v => YamlQuote.Short(v)))}";

    /// <summary>The platform's variable behind one that the shell reads, through variables that the file declares.</summary>
    /// <param name="seen">Each name is followed once: variables may name one another in any number.</param>
    private static (string Variable, IReadOnlyList<string> Via)? Behind(ShellOrigin origin, IReadOnlyList<IReadOnlyList<Variable>> declared, HashSet<string> seen)
    {
        if (origin.Variable is not { } name || origin.Via.Count > 8) return null;
        if (s_gitlabText.Contains(name)) return (name, origin.Via);
        if (!seen.Add(name)) return null;
        if (declared.Select(level => level.FirstOrDefault(v => v.Name == name)).FirstOrDefault(v => v is not null)?.Value is not { } value) return null;
        // a doubled sign is a sign
        foreach (var used in ShellVariables.In(value.Replace("$$", "", StringComparison.Ordinal)))
            if (Behind(origin with { Variable = used, Via = [.. origin.Via, "$" + name] }, declared, seen) is { } source) return source;
        return null;
    }

    /// <summary>An input that is a number, a yes or no, one of some values or a pattern's match is no code.</summary>
    private static bool IsFree(string name, Report report)
    {
        var input = (report.File.Yaml.Documents is [var header, ..] ? header : null).Get("spec", "inputs").Get(name["inputs.".Length..].Split(' ', '|')[0]);
        return input.Get("options") is null && input.Get("regex") is null && input.Text("type") is null or "string" or "array";
    }
}
