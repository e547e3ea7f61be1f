using Signalbox.Pipelines.Jenkins.Groovy;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.Jenkins.Portable;

/// <summary>What decides in Groovy whether, and how often, the steps within it run.</summary>
internal static class JenkinsControl
{
    private static readonly HashSet<string> s_words = new(StringComparer.Ordinal) { "if", "else", "for", "while", "switch", "try", "catch", "finally" };

    private static readonly HashSet<string> s_loops = new(StringComparer.Ordinal) { "each", "eachWithIndex", "times", "collect", "collectEntries", "upto", "any", "every" };

    /// <summary>Each with what it holds for: its block, the next statement where it has none, and all that follows a block that ends the run.</summary>
    public static IReadOnlyList<(GroovyCall Call, TextRange Covers)> Of(GroovyBlock root)
    {
        var found = new List<(GroovyCall, TextRange)>();
        foreach (var block in JenkinsVariables.All(root).OfType<GroovyBlock>())
            for (var i = 0; i < block.Statements.Count; i++)
                if (block.Statements[i] is GroovyCall call && Is(call)) found.Add((call, Covered(call, block, i)));
        return found;
    }

    public static bool Is(GroovyCall call) => (call.Receiver is null ? s_words : s_loops).Contains(call.Name);

    private static TextRange Covered(GroovyCall call, GroovyBlock block, int at)
    {
        var ends = call is { Name: "if" or "else", Block: { } body } && body.Statements.Any(s => s is GroovyName { Path: "return" } or GroovyCall { Name: "return" or "error", Receiver: null });
        var next = call.Block is null && call.Receiver is null && at + 1 < block.Statements.Count ? block.Statements[at + 1].Range.End : call.Range.End;
        return new(call.Range.Start, ends ? block.Range.End : next);
    }
}
