using System.Text;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Docker;

/// <summary>Reads instructions line by line, as docs.docker.com/reference/dockerfile says.</summary>
internal sealed class DockerfileReader : Reader
{
    public override bool Claims(string path)
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name.StartsWith("Dockerfile", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Containerfile", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".dockerfile", StringComparison.OrdinalIgnoreCase);
    }

    public override void Read(SourceFile file, DocumentSink documents)
    {
        var instructions = Parse(file.Text);
        if (instructions.Count > 0) documents.Add(new Dockerfile(instructions));
    }

    internal static IReadOnlyList<Instruction> Parse(YamlText text)
    {
        var found = new List<Instruction>();
        var stage = -1;
        for (var line = 1; line <= text.LineCount;)
        {
            var first = line;
            var (joined, map) = Joined(text, ref line);
            var trimmed = joined.AsSpan().TrimStart();
            var name = trimmed[..(trimmed.IndexOfAny(' ', '\t') is >= 0 and var end ? end : trimmed.Length)].ToString().ToUpperInvariant();
            if (name.Length == 0 || !name.All(char.IsAsciiLetter)) continue;
            if (name == "FROM") stage++;
            var from = joined.Length - trimmed.Length + name.Length;
            while (from < joined.Length && joined[from] is ' ' or '\t') from++;
            var script = new Script(joined[from..], piece => new(map[Math.Min(from + piece.Start, map.Count - 1)], map[Math.Min(from + Math.Max(piece.Start, piece.End - 1), map.Count - 1)] + 1));
            found.Add(new(name, script, new(text.LineStart(first), map.Count > 0 ? map[^1] + 1 : text.LineStart(first)), stage));
        }
        return found;
    }

    /// <summary>One logical line: comment lines are dropped, also within a continuation, and a backslash at the end joins.</summary>
    private static (string Joined, List<int> Map) Joined(YamlText text, ref int line)
    {
        var joined = new StringBuilder();
        var map = new List<int>();
        while (line <= text.LineCount)
        {
            var start = text.LineStart(line);
            var content = text.Line(line) ?? "";
            line++;
            if (content.AsSpan().TrimStart().StartsWith("#")) { if (joined.Length == 0) break; continue; }
            var cut = content.AsSpan().TrimEnd();
            var continued = cut.EndsWith("\\");
            var length = continued ? cut.Length - 1 : content.Length;
            for (var i = 0; i < length; i++) { joined.Append(content[i]); map.Add(start + i); }
            if (!continued && (joined.Length > 0 || content.Length == 0)) break;
        }
        return (joined.ToString(), map);
    }
}
