using Signalbox.Pipelines.AzurePipelines;
using Signalbox.Pipelines.GitLab;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed partial class DebugLoggingEnabledRule : IChecks<GitLabPipeline>, IChecks<AzurePipeline>
{
    // docs.gitlab.com, "Enable debug logging"; CI_DEBUG_SERVICES prints what services say
    private static readonly string[] s_gitlab = ["CI_DEBUG_TRACE", "CI_DEBUG_SERVICES"];

    public void Check(GitLabPipeline gitlab, Report report)
    {
        foreach (var owner in gitlab.Root.Entries.Select(e => e.Value).OfType<YamlMapping>().Prepend(gitlab.Root))
            if (owner.Find("variables") is { } variables)
                foreach (var name in s_gitlab)
                    if (variables.Value.Entry(name) is { } entry && IsOn(entry.Value.Text() ?? entry.Value.Text("value")))
                        report.At(entry.Range, $"{name} prints what masking may miss", fix: EnvironmentFix.Remove(owner, variables, entry, "switch debug logging off", FixSafety.Safe, report));
    }

    // learn.microsoft.com, "Review logs to diagnose pipeline issues": verbose logs
    public void Check(AzurePipeline azure, Report report)
    {
        foreach (var owner in azure.Pipeline.Jobs.Select(j => j.Node).OfType<YamlMapping>().Distinct(ReferenceEqualityComparer.Instance).Cast<YamlMapping>().Where(m => !ReferenceEquals(m, azure.Root)).Prepend(azure.Root))
            if (owner.Find("variables") is { } variables) CheckVariables(owner, variables, report);
    }

    private static void CheckVariables(YamlMapping owner, YamlEntry variables, Report report)
    {
        const string Name = "system.debug";
        if (variables.Value.Entries().FirstOrDefault(e => e.Key.Value.Equals(Name, StringComparison.OrdinalIgnoreCase)) is { } entry && IsOn(entry.Value.Text()))
            report.At(entry.Range, $"{Name} prints what masking may miss", fix: EnvironmentFix.Remove(owner, variables, entry, "switch debug logging off", FixSafety.Safe, report));
        foreach (var item in variables.Value.Items())
            if (item.Text("name")?.Equals(Name, StringComparison.OrdinalIgnoreCase) == true && IsOn(item.Text("value")))
                report.At(item, $"{Name} prints what masking may miss", fix: YamlPatch.RemoveItem(report.File.Text, (YamlSequence)variables.Value, item) is { } edit ? report.Fix(FixSafety.Safe, "switch debug logging off", edit) : null);
    }

    private static bool IsOn(string? value) => value is not null && (value.Equals("true", StringComparison.OrdinalIgnoreCase) || value == "1");
}
