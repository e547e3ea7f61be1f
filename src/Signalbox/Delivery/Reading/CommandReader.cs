using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>Reads a program and its arguments: a list, or text that is split as a shell splits it.</summary>
internal static class CommandReader
{
    private const int LongestPasted = 400;

    /// <returns>Empty after a finding.</returns>
    public static IReadOnlyList<string> Read(Section section, string key)
    {
        switch (section.Node(key))
        {
            case null:
                section.Missing(key);
                return [];
            case YamlScalar { IsNull: false } text:
                return Split(section, key, text);
            case YamlSequence { Items.Count: > 0 } list when list.Items.All(i => i is YamlScalar):
                return Checked(section, key, [.. list.Items.Cast<YamlScalar>()]);
            case var node:
                section.File.WrongType(node, key, "a program and its arguments", section.Shape.Line(key));
                return [];
        }
    }

    private static IReadOnlyList<string> Checked(Section section, string key, IReadOnlyList<YamlScalar> words)
    {
        if (words[0].Value.Length == 0) section.File.Invalid(words[0], key, "", "a program", section.Shape.Line(key));
        // hooks run without a port
        if (section.Shape != Shapes.Hook && section.Shape != Shapes.Check) PortWords.Warn(section, key, words);
        return [.. words.Select(w => w.Value)];
    }

    private static IReadOnlyList<string> Split(Section section, string key, YamlScalar text)
    {
        var words = CommandLine.Split(text.Value, out var problem);
        if (problem is not null)
            section.File.Error(DeliveryIds.ShellSyntax, $"{key} cannot be run without a shell: {problem}", text.Span,
                $"{key}: [sh, -c, '{Exec(text.Value, problem)}{YamlQuote.Short(text.Value, LongestPasted).Replace("'", "''", StringComparison.Ordinal)}']", "commands run without a shell");
        else if (words.Count == 0 || words[0].Length == 0)
            section.File.Invalid(text, key, text.Value, "a program and its arguments", section.Shape.Line(key));
        return words;
    }

    // a single program takes the shell's place, so that the signal to stop reaches it
    private static string Exec(string text, string problem) =>
        problem.EndsWith("needs a shell", StringComparison.Ordinal) && !text.Any("|&;<>()`\n".Contains) ? "exec " : "";
}
