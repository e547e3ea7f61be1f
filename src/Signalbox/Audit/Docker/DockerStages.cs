namespace Signalbox.Audit.Docker;

/// <summary>Finds the build stages, and what their variables stand for.</summary>
internal static class DockerStages
{
    public static IReadOnlyList<DockerStage> Of(IReadOnlyList<Instruction> instructions)
    {
        var stages = new List<DockerStage>();
        var named = new Dictionary<string, DockerStage>(StringComparer.OrdinalIgnoreCase);
        var defaults = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var instruction in instructions)
        {
            if (instruction.Name == "ARG" && instruction.Stage < 0)
                foreach (var pair in instruction.Pairs) defaults[pair.Name] = Expand(pair.Value ?? "", defaults);
            if (instruction.Name != "FROM" || instruction.IsOnBuild || instruction.Words is not [var image, ..]) continue;
            stages.Add(Stage(instruction, image, named, defaults));
            if (stages[^1].Name is { } name) named[name] = stages[^1];
        }
        return stages;
    }

    private static DockerStage Stage(Instruction from, DockerWord image, Dictionary<string, DockerStage> earlier, Dictionary<string, string> defaults)
    {
        var name = from.Words is [_, { Text: var word }, { Text: var given }, ..] && word.Equals("AS", StringComparison.OrdinalIgnoreCase) ? given : null;
        var text = Expand(image.Text, defaults);
        return new(from.Stage, from, name, text, image, earlier.GetValueOrDefault(text));
    }

    /// <summary>Fills in <c>$NAME</c>, <c>${NAME}</c>, <c>${NAME:-default}</c> and <c>${NAME:+other}</c>; what is not known stays as it is written.</summary>
    public static string Expand(string text, IReadOnlyDictionary<string, string> values)
    {
        var result = new System.Text.StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            if (text[at] != '$' || at + 1 == text.Length) { result.Append(text[at++]); continue; }
            var braced = text[at + 1] == '{';
            var end = braced ? text.IndexOf('}', at) : at + 1 + text.AsSpan(at + 1).IndexOfAnyExcept(s_name) is > 0 and var stop && stop > at ? stop : text.Length;
            if (end < 0) { result.Append(text, at, text.Length - at); break; }
            var inner = braced ? text[(at + 2)..end] : text[(at + 1)..end];
            var next = braced ? end + 1 : end;
            result.Append(Value(inner, values) ?? text[at..next]);
            // variables may double one another
            if (result.Length > LongestText) return text;
            at = next;
        }
        return result.ToString();
    }

    // no name or value of an image is longer
    private const int LongestText = 64 * 1024;

    private static readonly System.Buffers.SearchValues<char> s_name = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private static string? Value(string inner, IReadOnlyDictionary<string, string> values)
    {
        var colon = inner.IndexOf(':');
        var set = values.GetValueOrDefault(colon < 0 ? inner : inner[..colon]) is { Length: > 0 } value ? value : null;
        if (colon < 0 || colon + 1 >= inner.Length) return set;
        return inner[colon + 1] switch
        {
            '-' => set ?? inner[(colon + 2)..],
            '+' => set is null ? "" : inner[(colon + 2)..],
            _ => null,
        };
    }
}
