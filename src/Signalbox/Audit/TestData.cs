using System.Text.RegularExpressions;

namespace Signalbox.Audit;

/// <summary>Folders of what tests are fed with: nobody deploys it, and much of it is wrong on purpose.</summary>
internal static partial class TestData
{
    public static bool Holds(string path) => Folder().IsMatch(path);

    /// <summary>Whether what lies there belongs to nothing else: data of tests, and the pieces that documentation shows, each an example of its own.</summary>
    public static bool IsAlone(string path) => Holds(path) || Snippet().IsMatch(path);

    /// <summary>A finding as it counts there: for an auditor who wants every place.</summary>
    public static AuditFinding Judged(AuditFinding finding) => Holds(finding.Locations[0].Path) && Notices.All.All(n => n.Id != finding.Rule.Id) ? finding with { Persona = Persona.Auditor } : finding;

    [GeneratedRegex(@"(^|/)(test[-_]?data[0-9]*|(test[-_]?)?fixtures?|__fixtures__|__snapshots?__|goldens?)/|(^|/)([^/]*[-._])?tests?/([^/]+/)*snapshots?/|\.(verified|received)\.\w+$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Folder();

    [GeneratedRegex(@"(^|/)docs?/([^/]+/)*_?snippets?/", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Snippet();
}
