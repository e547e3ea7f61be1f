using System.Text.RegularExpressions;
using Signalbox.Diagnostics;
using Signalbox.Yaml;

namespace Signalbox.Audit;

/// <summary>Where a repository tells people how the last good release comes back: runbooks, documentation, scripts.</summary>
internal static partial class RollbackPages
{
    private const int MostPages = 1_000;
    private const int MostLine = 2_000;

    /// <returns>The first place, or null where there is none.</returns>
    public static Location? First(Repository repository)
    {
        var paths = repository.Paths.Where(p => !TestData.Holds(repository, p)).Order(StringComparer.Ordinal).ToList();
        if (paths.Find(p => Script().IsMatch(p)) is { } script) return new(script);
        return paths.Where(p => Page().IsMatch(p)).OrderBy(p => p.Count(c => c == '/')).Take(MostPages).Select(repository.Open).OfType<SourceFile>().Select(Place).FirstOrDefault(l => l is not null);
    }

    private static Location? Place(SourceFile page)
    {
        for (var number = 1; number <= page.Text.LineCount; number++)
        {
            var (start, line) = (page.Text.LineStart(number), page.Text.Line(number) ?? "");
            if (line.Length <= MostLine && Back().IsMatch(line) && (Heading().IsMatch(line) || Released().IsMatch(line))) return page.At(new TextRange(start, start + line.Length), "this says how to go back");
        }
        return null;
    }

    // what changed, and who agreed to what, says nothing of how
    [GeneratedRegex(@"^(?!(.*/)?(changelog|changes|history|news|license|code_of_conduct)[^/]*$).*\.(md|mdx|rst|adoc|asciidoc)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Page();

    [GeneratedRegex(@"(^|[/_-])roll-?back([_-][^/]*)?\.(sh|bash|ps1|ya?ml|md|rst|adoc)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Script();

    [GeneratedRegex(@"\b(roll(ing|s|ed)?[ -]?back|revert(ing)? (to|a|the)|(go|going|get) back to)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Back();

    [GeneratedRegex(@"^\s*(#{1,6}\s|=+\s)[^`]*\broll(ing)?[ -]?back\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Heading();

    // of a database's transaction the same is said
    [GeneratedRegex(@"\b(deploy(ment|ments|ed|s)?|releases?|images?|tags?|builds?|previous version|kubectl|helm|docker|compose|systemctl|sha)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Released();
}
