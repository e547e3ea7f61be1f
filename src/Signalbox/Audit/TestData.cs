using System.Text.RegularExpressions;

namespace Signalbox.Audit;

/// <summary>Folders of what tests are fed with: nobody deploys it, and much of it is wrong on purpose.</summary>
internal static partial class TestData
{
    public static bool Holds(string path) => Folder().IsMatch(path);

    /// <summary>A finding as it counts there: for an auditor who wants every place.</summary>
    public static AuditFinding Judged(AuditFinding finding) => Holds(finding.Locations[0].Path) && Notices.All.All(n => n.Id != finding.Rule.Id) ? finding with { Persona = Persona.Auditor } : finding;

    [GeneratedRegex(@"(^|/)(test[-_]?data[0-9]*|(test[-_]?)?fixtures?|__fixtures__|__snapshots__|goldens?)/", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Folder();
}
