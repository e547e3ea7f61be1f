using System.Text.RegularExpressions;

namespace Signalbox.Audit;

/// <summary>Folders of what tests are fed with: nobody deploys it, and much of it is wrong on purpose.</summary>
internal static partial class TestData
{
    private const string Workflows = ".github/workflows/";

    /// <summary>Whether tests are fed with a file: by the names of its folders, and where nothing of the repository deploys or runs it by its path.</summary>
    public static bool Holds(Repository repository, string path) => IsNamed(path) && !repository.IsTakenIn(path)
        // below what is named, only what is data of tests by itself is left out
        && NamedPlaces.Of(repository).Above(path).All(p => IsNamed(path[p.Length..].TrimStart('/')));

    /// <summary>Whether the names of a path say so. What lies where GitHub takes workflows from is one, unless the repository around it is data.</summary>
    public static bool IsNamed(string path) => Folder().IsMatch(path.IndexOf(Workflows, StringComparison.Ordinal) is >= 0 and var at && (at == 0 || path[at - 1] == '/') ? path[..at] : path);

    /// <summary>Whether what lies there belongs to nothing else: data of tests, and the pieces that documentation shows, each an example of its own.</summary>
    public static bool IsAlone(Repository repository, string path) => Snippet().IsMatch(path) || Holds(repository, path);

    /// <summary>A finding as it counts there: for an auditor who wants every place.</summary>
    public static AuditFinding Judged(Repository repository, AuditFinding finding) => Holds(repository, finding.Locations[0].Path) && Notices.All.All(n => n.Id != finding.Rule.Id) ? finding with { Persona = Persona.Auditor } : finding;

    [GeneratedRegex(@"(^|/)(test[-_]?data[0-9]*|(test[-_]?)?fixtures?|__fixtures__|__snapshots?__|goldens?)/|(^|/)([^/]*[-._])?tests?/([^/]+/)*snapshots?/|\.(verified|received)\.\w+$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Folder();

    [GeneratedRegex(@"(^|/)docs?/([^/]+/)*_?snippets?/", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Snippet();
}
