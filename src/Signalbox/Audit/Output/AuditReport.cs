using Signalbox.Audit.Baselines;
using Signalbox.Audit.Grades;

namespace Signalbox.Audit.Output;

/// <summary>What every format shows.</summary>
/// <param name="Findings">Those that are shown, in order.</param>
/// <param name="Graded">Made while the findings are written.</param>
/// <param name="Rules">The rules that ran.</param>
/// <param name="Version">Signalbox's own, for formats that name their tool.</param>
internal sealed record AuditReport(
    IReadOnlyList<AuditFinding> Findings, Fingerprints Fingerprints, int FilesRead, Task<Grade> Graded, IReadOnlyList<RuleInfo> Rules, string Version)
{
    public Grade Grade => Graded.GetAwaiter().GetResult();

    /// <summary>How many findings comments set aside.</summary>
    public int Ignored { get; init; }

    /// <summary>How many findings the baseline knows.</summary>
    public int Known { get; init; }

    /// <summary>Whether the grade is of more than what is shown: of the repository, where parts of it were asked about.</summary>
    public bool OfWhole { get; init; }

    /// <summary>What was left out, in words; empty where nothing was.</summary>
    public string SetAside
    {
        get
        {
            string[] parts = [.. Part(Ignored, "ignored"), .. Part(Known, "in the baseline")];
            return string.Join(", ", parts);
            static IEnumerable<string> Part(int number, string word) => number > 0 ? [$"{number} {word}"] : [];
        }
    }

    /// <summary>How many findings of each severity there are: <c>1 critical, 3 high</c>; empty where there are none.</summary>
    public string Severities =>
        string.Join(", ", Findings.GroupBy(f => f.Severity).OrderByDescending(g => g.Key).Select(g => $"{g.Count()} {g.Key.ToString().ToLowerInvariant()}"));

    public static string Count(int number, string word) => $"{number} {word}{(number == 1 ? "" : "s")}";

    /// <summary>One group for each rule and file, in the order of their first findings.</summary>
    public IEnumerable<IReadOnlyList<AuditFinding>> Folded() => Findings.GroupBy(f => (f.Locations[0].Path, f.Rule.Id)).Select(g => g.ToList());
}

/// <summary>The formats by the word that <c>--format</c> takes.</summary>
internal static class AuditFormats
{
    public static string[] Names { get; } = ["text", "json", "sarif", "github", "gitlab", "junit", "markdown"];

    public static void Write(string format, TextWriter to, AuditReport report, bool colour, bool grades)
    {
        switch (format)
        {
            case "json": to.WriteLine(AuditJson.Render(report)); break;
            case "sarif": to.WriteLine(AuditSarif.Render(report)); break;
            case "github": AuditGitHub.Write(to, report); break;
            case "gitlab": to.WriteLine(AuditGitLab.Render(report)); break;
            case "junit": to.WriteLine(AuditJunit.Render(report)); break;
            case "markdown": AuditMarkdown.Write(to, report); break;
            default: AuditText.Write(to, report, colour, grades); break;
        }
    }
}
