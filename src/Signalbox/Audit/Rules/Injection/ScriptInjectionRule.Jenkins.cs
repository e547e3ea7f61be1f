using Signalbox.Audit.Jenkins;
using Signalbox.Pipelines;
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
        {
            var expansions = GroovyExpansions.Of(jenkins.Pipeline.Text, step.Command).ToList();
            foreach (var (expanded, place) in expansions)
                if (taint.Of(expanded) is { } source)
                    report.At(place, $"Groovy expands '{YamlQuote.Short(source.Name)}' into `{step.Call.Name}`: {source.Who}", "expected single quotes and the shell's own variable",
                        level: LevelOf(source));
            // what Groovy puts in stands there like a variable of the shell
            if (expansions.Count == 0 && step.Step.Script is { } script) CheckRead(step, script, taint, report);
        }
    }

    /// <summary>Where another program reads text as code, or cmd puts it in, the environment's variables are code, too.</summary>
    private static void CheckRead(JenkinsStep step, Script script, GroovyTaint taint, Report report)
    {
        var read = step.Step.Shell == "cmd" ? CmdExpansions(script.Text).Select(e => ("cmd", e.Range, taint.OfVariable(e.Name)))
            : ReadAsCode([script.Shell], script.Text).Select(r => (r.Program, r.Word.Range, r.Origins.Select(o => o.Variable is { } name ? taint.OfVariable(name) : null).FirstOrDefault(s => s is not null)));
        foreach (var (program, range, source) in read)
            if (source is not null) report.At(script.InFile(range), $"`{program}` reads '{YamlQuote.Short(source.Name)}' as code: {source.Who}", "expected it as an argument", level: LevelOf(source));
    }

    private static Level LevelOf(GroovySource source) => source.Outsider ? new(RuleSeverity.High) : new(RuleSeverity.Medium, Confidence.Medium);
}
