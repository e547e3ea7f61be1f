using Signalbox.Audit.Shell;
using Signalbox.Pipelines;
using Signalbox.Pipelines.AzurePipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

/// <remarks>The agent replaces <c>$(name)</c> in the script's text; the same value is in the environment, where the shell quotes it.</remarks>
internal sealed partial class ScriptInjectionRule : IChecks<AzurePipeline>
{
    // learn.microsoft.com, "Use predefined variables": those whose text somebody else chooses
    private static readonly HashSet<string> s_azureText = new(StringComparer.OrdinalIgnoreCase)
    {
        "Build.SourceVersionMessage", "Build.SourceBranch", "Build.SourceBranchName", "Build.SourceVersionAuthor", "Build.RequestedFor", "Build.RequestedForEmail",
        "System.PullRequest.SourceBranch", "System.PullRequest.SourceBranchName", "System.PullRequest.SourceRepositoryURI", "System.PullRequest.TargetBranchName",
    };

    public void Check(AzurePipeline azure, Report report)
    {
        foreach (var job in azure.Pipeline.Jobs)
            foreach (var step in job.Steps)
                if (step.Script is { } script)
                {
                    CheckScript(azure, job, script, report);
                    CheckEvaluated(azure, job, step, script, report);
                    CheckCmd(azure, job, step, script, report);
                }
    }

    private static void CheckScript(AzurePipeline azure, Job job, Script script, Report report)
    {
        foreach (var (name, range) in Expansions(script.Text, "$(", ")"))
            if (Declared(azure, job, name, [], Names()) is { } source)
                report.At(script.InFile(range), $"'{YamlQuote.Short(source.Name)}' is expanded into the script{Through(source.Via)}: whoever makes the commit or the branch writes it", "expected the environment variable",
                    level: new(job.Triggers.HasFlag(TriggerKinds.PullRequest) ? RuleSeverity.High : RuleSeverity.Medium));
        foreach (var (name, range) in Expansions(script.Text, "${{", "}}"))
            if (VariableName(name) is { } variable && Declared(azure, job, variable, [], Names()) is { } source)
                report.At(script.InFile(range), $"'{YamlQuote.Short(source.Via.Count == 0 ? name : source.Name)}' is expanded into the script{Through(source.Via)}: whoever makes the commit or the branch writes it", "expected the environment variable", level: new(RuleSeverity.High));
            else if (name.StartsWith("parameters.", StringComparison.Ordinal) && IsFree(azure, name["parameters.".Length..]))
                report.At(script.InFile(range), $"'{YamlQuote.Short(name)}' is expanded into the script: whoever starts the run writes it", "expected an environment variable",
                    level: new(RuleSeverity.Low, Confidence.Medium, azure.IsTemplate ? Persona.Auditor : Persona.Pedantic));
    }

    /// <summary>Where a shell reads text again, the environment's variables are code, too.</summary>
    private static void CheckEvaluated(AzurePipeline azure, Job job, Step step, Script script, Report report)
    {
        foreach (var (program, word, origins) in ReadAsCode([script.Shell], script.Text))
            if (origins.Select(o => InEnvironment(azure, job, step, o)).FirstOrDefault(s => s is not null) is { } source)
                report.At(script.InFile(word.Range), $"`{program}` reads '{YamlQuote.Short(source.Name)}' as code{Through(source.Via)}: whoever makes the commit or the branch writes it", "expected it as an argument", level: new(RuleSeverity.High));
    }

    /// <summary>On Windows <c>script</c> is cmd's, which puts <c>%NAME%</c> in before it reads the line.</summary>
    private static void CheckCmd(AzurePipeline azure, Job job, Step step, Script script, Report report)
    {
        if (step.Shell != "sh" || !job.Runner.Any(r => r.Name.Contains("windows", StringComparison.OrdinalIgnoreCase))) return;
        foreach (var (name, range) in CmdExpansions(script.Text))
            if (InEnvironment(azure, job, step, new(name, null, null, [])) is { } source)
                report.At(script.InFile(range), $"cmd puts '{YamlQuote.Short(source.Name)}' into the command{Through(source.Via)}: whoever makes the commit or the branch writes it", "expected another shell", level: new(RuleSeverity.High));
    }

    // learn.microsoft.com, "Define variables": a pipeline's variables are in the environment, in capitals and with _ for dots
    private static (string Name, IReadOnlyList<string> Via)? InEnvironment(AzurePipeline azure, Job job, Step step, ShellOrigin origin)
    {
        if (origin.Variable is not { } name) return null;
        if (step.Variables.FirstOrDefault(v => v.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } given) return Within(azure, job, given.Value, [.. origin.Via, "$" + name], Names());
        return s_azureText.Concat(Levels(azure, job).SelectMany(l => l).Select(v => v.Name)).FirstOrDefault(v => v.Replace('.', '_').Equals(name, StringComparison.OrdinalIgnoreCase)) is { } variable
            ? Declared(azure, job, variable, origin.Via, Names()) : null;
    }

    /// <summary>The predefined variable behind a name, through variables that the file declares.</summary>
    /// <param name="seen">Each name is followed once: variables may name one another in any number.</param>
    private static (string Name, IReadOnlyList<string> Via)? Declared(AzurePipeline azure, Job job, string name, IReadOnlyList<string> via, HashSet<string> seen)
    {
        if (s_azureText.Contains(name)) return (name, via);
        if (via.Count > 8 || name.Contains(' ') || !seen.Add(name)) return null;
        return Levels(azure, job).Select(l => l.FirstOrDefault(v => v.Name.Equals(name, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(v => v is not null) is { } variable
            ? Within(azure, job, variable.Value, [.. via, name], seen) : null;
    }

    private static (string Name, IReadOnlyList<string> Via)? Within(AzurePipeline azure, Job job, string? value, IReadOnlyList<string> via, HashSet<string> seen)
    {
        if (value is null) return null;
        var names = Expansions(value, "$(", ")").Select(e => e.Name).Concat(Expansions(value, "$[", "]").Concat(Expansions(value, "${{", "}}")).Select(e => VariableName(e.Name)).OfType<string>());
        return names.Select(n => Declared(azure, job, n, via, seen)).FirstOrDefault(s => s is not null);
    }

    private static HashSet<string> Names() => new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The variable that an expression is: <c>variables['name']</c>, <c>variables.name</c>; null for every other one.</summary>
    private static string? VariableName(string expression) =>
        expression.StartsWith("variables['", StringComparison.Ordinal) ? expression["variables['".Length..].TrimEnd(']', '\'')
        : expression.StartsWith("variables.", StringComparison.Ordinal) ? expression["variables.".Length..] : null;

    private static IEnumerable<IReadOnlyList<Variable>> Levels(AzurePipeline azure, Job job) =>
    [
        job.Variables,
        .. AzureList.Of(azure.Root.Get("stages")).Where(s => job.Node is { } own && s.Node.Range.Start <= own.Range.Start && own.Range.End <= s.Node.Range.End).Select(s => (IReadOnlyList<Variable>)AzureJobReader.Variables(s.Node.Get("variables"))),
        azure.Pipeline.Variables,
    ];

    private static bool IsFree(AzurePipeline azure, string name) =>
        azure.Root.Get("parameters").Items().FirstOrDefault(p => p.Text("name") == name) is { } parameter && parameter.Text("type") is null or "string" && parameter.Get("values") is null;

    /// <summary>What stands between two marks; a mark without an end ends the search.</summary>
    internal static IEnumerable<(string Name, TextRange Range)> Expansions(string text, string open, string close)
    {
        for (var at = text.IndexOf(open, StringComparison.Ordinal); at >= 0; at = text.IndexOf(open, at + open.Length, StringComparison.Ordinal))
        {
            var end = text.IndexOf(close, at + open.Length, StringComparison.Ordinal);
            if (end < 0) yield break;
            if (end - at < 200) yield return (text[(at + open.Length)..end].Trim(), new(at, end + close.Length));
        }
    }
}
