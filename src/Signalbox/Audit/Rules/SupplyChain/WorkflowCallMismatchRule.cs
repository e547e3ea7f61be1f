using Signalbox.Audit.GitHub;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class WorkflowCallMismatchRule : Rule, IChecks<GitHubWorkflow>
{
    public override RuleInfo Info { get; } = new(
        "workflow-call-mismatch", "Call does not fit the called workflow", Theme.SupplyChain, RuleSeverity.High, ["github-actions", "gitlab-ci", "azure-pipelines"],
        "Missing inputs or secrets fail only at run time", "Give every required input and secret, and none that the called workflow does not declare");

    public void Check(GitHubWorkflow workflow, Report report)
    {
        var code = new LocalCode(report.Repository, workflow.Pipeline.Path);
        foreach (var job in workflow.Pipeline.Jobs)
        {
            if (job.Calls is not { } calls) continue;
            if (Malformed(calls) is { } malformed) report.At(calls.Range, malformed);
            else if (calls.IsLocal) Local(job, calls, code, report);
        }
    }

    // docs.github.com, "Reuse workflows": owner/repo/.github/workflows/file@ref, or ./.github/workflows/file without a ref
    private static string? Malformed(UsedCode calls)
    {
        if (calls.Name.Contains("${{", StringComparison.Ordinal)) return null;
        if (calls.IsLocal) return calls.Ref is null ? null : $"a workflow of this repository is called with a ref, '@{YamlQuote.Short(calls.Ref)}'; expected none";
        var parts = calls.Name.Split('/');
        return calls.Ref is { Length: > 0 } && parts.Length >= 3 && parts.All(p => p.Length > 0)
            ? null
            : $"'{YamlQuote.Short(calls.Name)}' is no called workflow; expected OWNER/REPOSITORY/PATH@REF or ./PATH";
    }

    private static void Local(Job job, UsedCode calls, LocalCode code, Report report)
    {
        if (code.Workflow(calls) is not { } called)
        {
            report.At(calls.Range, code.Exists(calls)
                ? $"'{YamlQuote.Short(calls.Name)}' is no workflow that can be read"
                : $"there is no workflow '{YamlQuote.Short(calls.Name)}' in this repository");
            return;
        }
        if (called.Trigger("workflow_call") is not { } call)
        {
            report.At(calls.Range, $"'{YamlQuote.Short(calls.Name)}' cannot be called; expected workflow_call among its triggers");
            return;
        }
        foreach (var part in (string[])["inputs", "secrets", "outputs"])
            if (call.Node.Get(part) is { } declared and not YamlMapping && declared is not YamlScalar { IsNull: true })
            {
                report.At(calls.Range, $"'{YamlQuote.Short(calls.Name)}' cannot be called: its {part} are {declared.Kind}; expected a mapping");
                return;
            }
        Compare(job, calls, "input", "with", call.Node.Get("inputs"), report);
        if (job.Node.Text("secrets") != "inherit") Compare(job, calls, "secret", "secrets", call.Node.Get("secrets"), report);
    }

    private static void Compare(Job job, UsedCode calls, string word, string key, YamlNode? declared, Report report)
    {
        var given = job.Node.Get(key).Entries();
        var known = declared.Entries();
        foreach (var entry in given)
            if (!known.Any(k => Same(k, entry)))
                report.At(entry.Key.Range, $"the called workflow has no {word} '{YamlQuote.Short(entry.Key.Value)}'{Choices(known)}");
        foreach (var entry in known)
            if (entry.Value.Boolean("required") == true && entry.Value.Get("default") is null && !given.Any(g => Same(g, entry)))
                report.At(calls.Range, $"the called workflow requires {word} '{YamlQuote.Short(entry.Key.Value)}', which is not given");
    }

    private static bool Same(YamlEntry one, YamlEntry other) => one.Key.Value.Equals(other.Key.Value, StringComparison.OrdinalIgnoreCase);

    private static string Choices(IReadOnlyList<YamlEntry> known) =>
        known.Count == 0 ? "; expected none" : $"; expected one of {string.Join(", ", known.Take(10).Select(k => YamlQuote.Short(k.Key.Value)))}";
}
