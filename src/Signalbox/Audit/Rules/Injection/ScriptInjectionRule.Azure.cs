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
                if (step.Script is { } script) CheckScript(azure, job, script, report);
    }

    private static void CheckScript(AzurePipeline azure, Job job, Script script, Report report)
    {
        foreach (var (name, range) in Expansions(script.Text, "$(", ")"))
            if (s_azureText.Contains(name))
                report.At(script.InFile(range), $"'{YamlQuote.Short(name)}' is expanded into the script: whoever makes the commit or the branch writes it", "expected the environment variable",
                    level: new(job.Triggers.HasFlag(TriggerKinds.PullRequest) ? RuleSeverity.High : RuleSeverity.Medium));
        foreach (var (name, range) in Expansions(script.Text, "${{", "}}"))
            if (name.StartsWith("variables['", StringComparison.Ordinal) && s_azureText.Contains(name["variables['".Length..].TrimEnd(']', '\'')))
                report.At(script.InFile(range), $"'{YamlQuote.Short(name)}' is expanded into the script: whoever makes the commit or the branch writes it", "expected the environment variable", level: new(RuleSeverity.High));
            else if (name.StartsWith("parameters.", StringComparison.Ordinal) && IsFree(azure, name["parameters.".Length..]))
                report.At(script.InFile(range), $"'{YamlQuote.Short(name)}' is expanded into the script: whoever starts the run writes it", "expected an environment variable",
                    level: new(RuleSeverity.Low, Confidence.Medium, azure.IsTemplate ? Persona.Auditor : Persona.Pedantic));
    }

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
