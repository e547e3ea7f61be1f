using System.Text;
using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Jenkins;

/// <summary>The text of a command as Groovy writes it, with the place of each character.</summary>
internal static class JenkinsScript
{
    /// <summary>A string, or strings put together; what is no string stays as <c>${…}</c>. Null where there is no text at all.</summary>
    public static Script? Of(YamlText file, GroovyNode? command)
    {
        var value = new StringBuilder();
        var places = new List<int>();
        if (command is null || !Append(file, command, value, places)) return null;
        return new(value.ToString(), piece => Place(places, piece));
    }

    private static bool Append(YamlText file, GroovyNode node, StringBuilder value, List<int> places)
    {
        switch (node)
        {
            case GroovyText text:
                value.Append(text.String.Value);
                places.AddRange(text.String.Places);
                return true;
            // 'text'.stripIndent()
            case GroovyCall { Receiver: GroovyText text, Name: "stripIndent" or "stripMargin" or "trim" }:
                return Append(file, text, value, places);
            case GroovyList { Items: [{ Name: null, Value: var inner }] }:
                return Append(file, inner, value, places);
            case GroovyOperation { IsSum: true } sum:
                var some = false;
                foreach (var operand in sum.Operands) some |= Append(file, operand, value, places);
                return some;
            default:
                var written = $"${{{file.Slice(node.Range)}}}";
                value.Append(written);
                places.AddRange(Enumerable.Repeat(node.Range.Start, written.Length));
                return false;
        }
    }

    private static TextRange Place(List<int> places, TextRange piece)
    {
        if (places.Count == 0) return new(0, 0);
        var start = places[Math.Clamp(piece.Start, 0, places.Count - 1)];
        return new(start, Math.Max(start, piece.Length > 0 ? places[Math.Clamp(piece.End - 1, 0, places.Count - 1)] + 1 : start));
    }
}
