using Signalbox.Audit.Jenkins;
using Signalbox.Pipelines.Jenkins;
using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

/// <remarks>jenkins.io, "Using a Jenkinsfile: Handling credentials": what Groovy expands is part of the command that the agent runs.</remarks>
internal sealed partial class PasswordOnCommandLineRule : IChecks<JenkinsPipeline>
{
    public void Check(JenkinsPipeline jenkins, Report report)
    {
        foreach (var step in jenkins.Steps.Where(s => s.Secrets.Count > 0))
            foreach (var (value, place) in GroovyExpansions.Of(jenkins.Pipeline.Text, step.Command))
                if (Secret(value, step.Secrets) is { } secret)
                    report.At(place, $"Groovy writes the secret '{YamlQuote.Short(secret)}' into the text of `{step.Call.Name}`", "expected single quotes and the shell's own variable",
                        fix: step.Command is GroovyText { String: { Quote: GroovyQuote.Double or GroovyQuote.TripleDouble, Interpolations: [_] } literal } ? Single(literal, secret, jenkins, report) : null);
    }

    private static string? Secret(GroovyNode value, IReadOnlySet<string> secrets)
    {
        foreach (var node in value is GroovyBlock { Statements: [var only] } ? [only] : (GroovyNode[])[value])
            if (node is GroovyName name && (secrets.Contains(name.Path) || (name.Path.StartsWith("env.", StringComparison.Ordinal) && secrets.Contains(name.Path[4..])))) return name.Path;
        return null;
    }

    /// <summary>Where the secret is all that Groovy expands, single quotes leave it to the shell.</summary>
    private static Fix? Single(GroovyString literal, string secret, JenkinsPipeline jenkins, Report report)
    {
        var text = jenkins.Pipeline.Text;
        var marks = literal.Quote == GroovyQuote.TripleDouble ? 3 : 1;
        var inner = new TextRange(literal.Range.Start + marks, literal.Range.End - marks);
        var written = text.Slice(inner);
        if (written.Contains('\'') || written.Contains('\\')) return null;
        var expression = literal.Interpolations[0].Expression;
        var edits = new List<TextEdit> { new(new(literal.Range.Start, inner.Start), new('\'', marks)), new(new(inner.End, literal.Range.End), new('\'', marks)) };
        if (secret.StartsWith("env.", StringComparison.Ordinal)) edits.Add(new(expression, secret[4..]));
        return report.Fix(FixSafety.Safe, "leave the secret to the shell", edits);
    }
}
