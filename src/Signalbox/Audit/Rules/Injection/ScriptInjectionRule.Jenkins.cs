using Signalbox.Audit.Jenkins;
using Signalbox.Pipelines.Jenkins;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

/// <remarks>Groovy puts a value into the command before any shell quotes it.</remarks>
internal sealed partial class ScriptInjectionRule : IChecks<JenkinsPipeline>
{
    public void Check(JenkinsPipeline jenkins, Report report)
    {
        var taint = new GroovyTaint(jenkins);
        foreach (var step in jenkins.Steps)
            foreach (var (expanded, place) in GroovyExpansions.Of(jenkins.Pipeline.Text, step.Command))
                if (taint.Of(expanded) is { } source)
                    report.At(place, $"Groovy expands '{YamlQuote.Short(source.Name)}' into `{step.Call.Name}`: {source.Who}", "expected single quotes and the shell's own variable",
                        level: source.Outsider ? new(RuleSeverity.High) : new(RuleSeverity.Medium, Confidence.Medium));
    }
}
