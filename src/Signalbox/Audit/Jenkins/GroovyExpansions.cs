using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Yaml;

namespace Signalbox.Audit.Jenkins;

/// <summary>What Groovy puts into a command: interpolations, and what is added to strings.</summary>
internal static class GroovyExpansions
{
    /// <param name="command">The command as Groovy writes it.</param>
    /// <returns>The value that is put in, and the place of it.</returns>
    public static IEnumerable<(GroovyNode Value, TextRange Place)> Of(YamlText text, GroovyNode? command)
    {
        switch (command)
        {
            case GroovyText { String: { } literal }:
                foreach (var part in literal.Interpolations)
                    yield return (GroovyParser.Parse(text.Content, part.Expression), part.Expression);
                break;
            case GroovyOperation { IsSum: true } sum:
                foreach (var operand in sum.Operands)
                    foreach (var found in Of(text, operand)) yield return found;
                break;
            case GroovyList { Items: [{ Name: null, Value: var inner }] }:
                foreach (var found in Of(text, inner)) yield return found;
                break;
            case GroovyCall { Receiver: GroovyText inner, Name: "stripIndent" or "stripMargin" or "trim" }:
                foreach (var found in Of(text, inner)) yield return found;
                break;
            case GroovyName or GroovyCall:
                yield return (command, command.Range);
                break;
        }
    }
}
