using System.Text;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.Docker;

/// <summary>Reads instructions as docs.docker.com/reference/dockerfile says: parser directives, continued lines, comments within them, here-documents, ONBUILD.</summary>
internal sealed class DockerfileParser(YamlText text)
{
    private readonly List<Instruction> _found = [];
    private char _escape = '\\';
    private int _line = 1;
    private int _stage = -1;

    public IReadOnlyList<Instruction> Parse()
    {
        Directives();
        while (_line <= text.LineCount)
        {
            var first = _line;
            var (joined, map) = Joined();
            if (map.Count > 0) Add(joined, map, first);
        }
        return _found;
    }

    // only comments before anything else are directives
    private void Directives()
    {
        for (; text.Line(_line) is { } line && line.AsSpan().TrimStart().StartsWith("#"); _line++)
        {
            var at = line.IndexOf('=');
            if (at < 0) return;
            if (line[..at].Trim(' ', '\t', '#').Equals("escape", StringComparison.OrdinalIgnoreCase) && line[(at + 1)..].Trim() == "`") _escape = '`';
        }
    }

    private void Add(StringBuilder joined, List<int> map, int first)
    {
        var all = joined.ToString();
        var name = Name(all, 0, out var from);
        var onBuild = name == "ONBUILD";
        if (onBuild) name = Name(all, from, out from);
        if (name.Length == 0) return;
        if (name is "RUN" or "COPY" or "ADD") all = HereDocuments(all, map);
        if (name == "FROM" && !onBuild) _stage++;
        var body = all[from..];
        var script = new Script(body, piece => new(Place(map, from + piece.Start), Place(map, from + Math.Max(piece.Start, piece.End - 1)) + 1));
        _found.Add(new(name, script, new(text.LineStart(first), map[^1] + 1), _stage) { IsOnBuild = onBuild });
    }

    private static int Place(List<int> map, int at) => map[Math.Clamp(at, 0, map.Count - 1)];

    private static string Name(string all, int at, out int after)
    {
        while (at < all.Length && char.IsWhiteSpace(all[at])) at++;
        var start = at;
        while (at < all.Length && char.IsAsciiLetter(all[at])) at++;
        var name = all[start..at].ToUpperInvariant();
        while (at < all.Length && char.IsWhiteSpace(all[at])) at++;
        after = at;
        return name;
    }

    /// <summary>One logical line: comment lines and empty ones within it are dropped, and the escape sign at a line's end joins.</summary>
    private (StringBuilder Joined, List<int> Map) Joined()
    {
        var joined = new StringBuilder();
        var map = new List<int>();
        var continued = false;
        while (_line <= text.LineCount)
        {
            var start = text.LineStart(_line);
            var content = text.Line(_line) ?? "";
            _line++;
            var cut = content.AsSpan().Trim();
            if (cut.StartsWith("#") || (continued && cut.IsEmpty)) { if (!continued) break; continue; }
            continued = cut.Length > 0 && cut[^1] == _escape;
            var length = continued ? content.AsSpan().TrimEnd().Length - 1 : content.Length;
            for (var i = 0; i < length; i++) { joined.Append(content[i]); map.Add(start + i); }
            if (!continued) break;
        }
        return (joined, map);
    }

    private string HereDocuments(string all, List<int> map)
    {
        var opened = HereDocument.Opened(all);
        if (opened.Count == 0) return all;
        var joined = new StringBuilder(all);
        foreach (var (word, tabs) in opened)
            while (text.Line(_line) is { } line)
            {
                var start = text.LineStart(_line++);
                joined.Append('\n');
                map.Add(Math.Max(0, start - 1));
                joined.Append(line);
                for (var i = 0; i < line.Length; i++) map.Add(start + i);
                if ((tabs ? line.TrimStart('\t') : line) == word) break;
            }
        return joined.ToString();
    }
}
