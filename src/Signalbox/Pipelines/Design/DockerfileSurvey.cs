using System.Text.RegularExpressions;
using Signalbox.Delivery.Detection;

namespace Signalbox.Pipelines.Design;

/// <summary>Reads what an image takes from the repository beside what is in Git.</summary>
internal static partial class DockerfileSurvey
{
    /// <summary>What COPY and ADD name and Git does not have: something must make it before the image is built.</summary>
    public static IEnumerable<Seen> Made(SourceTree tree, SourceFile? file)
    {
        if (file is null) yield break;
        var lines = (tree.Read(".gitignore")?.Lines ?? []).Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#').ToList();
        var ignored = lines.Where(l => l[0] != '!').Select(Path).ToHashSet(StringComparer.Ordinal);
        // of what is ignored but for a part of it Git has that part
        var kept = lines.Where(l => l[0] == '!').Select(l => Path(l[1..])).ToList();
        foreach (var (line, number) in file.Lines.Select((l, i) => (l, i + 1)))
        {
            if (Copies().Match(line) is not { Success: true } copy) continue;
            foreach (var source in Sources(copy.Groups[1].Value))
            {
                var star = source.AsSpan().IndexOfAny('*', '?', '[');
                var plain = star < 0 ? source : source[..(source.LastIndexOf('/', star) + 1)].TrimEnd('/');
                if (plain.Length == 0) continue;
                var parts = plain.Split('/');
                if (parts.Select((_, i) => string.Join('/', parts[..(i + 1)])).Any(ignored.Contains) && !kept.Exists(k => (k + "/").StartsWith(plain + "/", StringComparison.Ordinal) || plain.StartsWith(k + "/", StringComparison.Ordinal)) || !tree.Has(plain)) yield return new(source, $"{file.Path}:{number}");
            }
        }
    }

    private static string Path(string line) => (line.StartsWith("**/", StringComparison.Ordinal) ? line[3..] : line).TrimEnd('*').Trim('/');

    /// <summary>Paths of the repository: none of another stage, of the network, or that an argument says.</summary>
    private static IEnumerable<string> Sources(string arguments)
    {
        var words = arguments.TrimStart() is ['[', ..] ? [.. Quoted().Matches(arguments).Select(m => m.Groups[1].Value)] : arguments.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).ToList();
        if (words.Any(w => w.StartsWith("--from", StringComparison.Ordinal) || w.StartsWith("<<", StringComparison.Ordinal)) || words is [.., "\\"]) return [];
        words.RemoveAll(w => w.StartsWith("--", StringComparison.Ordinal));
        return words.SkipLast(1).Where(w => !w.Contains('$') && !w.Contains("://", StringComparison.Ordinal) && !w.StartsWith("git@", StringComparison.Ordinal))
            .Select(w => w.StartsWith("./", StringComparison.Ordinal) ? w[2..] : w).Select(w => w.Trim('/')).Where(w => w is not ("" or "." or "*"));
    }

    [GeneratedRegex(@"^\s*(?:COPY|ADD)\s+(.+?)\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Copies();

    [GeneratedRegex("""["]([^"]*)["]""")]
    private static partial Regex Quoted();
}
