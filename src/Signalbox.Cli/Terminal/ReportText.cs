using System.Globalization;
using Signalbox.Evidence.Reports;

namespace Signalbox.Cli.Terminal;

/// <summary>Reports for people: what it is, what it says in one line, then the worst of it.</summary>
internal static class ReportText
{
    private const int Shown = 20;

    public static void Write(TextWriter to, string path, Report report)
    {
        to.WriteLine($"{path}: {Clean(Summary(report))}{About(report)}");
        if (report.Incomplete is { } incomplete) to.WriteLine($"  incomplete: {Clean(incomplete)}");
        switch (report)
        {
            case ScanReport scan:
                WriteFindings(to, scan.Findings);
                break;
            case SbomReport sbom:
                WriteSbom(to, sbom);
                break;
            case TestReport tests:
                foreach (var failure in tests.Failures.Take(Shown)) to.WriteLine($"  {Clean(failure.Name)}: {Clean(failure.Message ?? "failed")}");
                break;
            case VexReport vex:
                foreach (var statement in vex.Statements.Take(Shown)) to.WriteLine($"  {Clean(statement.Vulnerabilities[0])}: {Words(statement.Status.ToString())}, {Clean(statement.Reason ?? "no reason given")}");
                break;
            case QualityGateReport gate:
                foreach (var condition in gate.Conditions.Where(c => c.Status != "OK")) to.WriteLine($"  {Clean(condition.Metric)}: {Clean(condition.Actual ?? "?")}, {Clean(condition.Status)} at {Clean(condition.Threshold ?? "?")}");
                break;
            default:
                break;
        }
    }

    public static void Write(TextWriter to, SbomDiff diff)
    {
        if (diff.IsEmpty) to.WriteLine("no component changed");
        foreach (var component in diff.Added) to.WriteLine($"+ {Named(component)}");
        foreach (var component in diff.Removed) to.WriteLine($"- {Named(component)}");
        foreach (var (before, after) in diff.Changed) to.WriteLine($"~ {Clean(after.Name)} {Clean(before.Version ?? "?")} -> {Clean(after.Version ?? "?")}");
        foreach (var (before, after) in diff.Relicensed) to.WriteLine($"! {Named(after)}: licence {Licences(before)} -> {Licences(after)}");
    }

    private static string Summary(Report report) => report switch
    {
        ScanReport scan => $"{scan.Tool ?? "a scan of an unnamed tool"}: {Counts(scan.Findings)}",
        SbomReport sbom => $"{sbom.Format} {sbom.SpecVersion}, {(sbom.Valid ? "valid" : "not valid")}, {sbom.Components.Count} components{(sbom.Findings is { Count: > 0 } findings ? ", " + Counts(findings) : "")}",
        CoverageReport coverage => $"{coverage.Format}: lines {Share(coverage.Lines)}, branches {Share(coverage.Branches)}",
        TestReport tests => $"{tests.Format}: {tests.Total} tests, {tests.Passed} passed, {tests.Failed} failed, {tests.Errors} errors, {tests.Skipped} skipped",
        VexReport vex => $"{vex.Format}: {vex.Statements.Count} statements{(vex.Author is { } author ? " by " + author : "")}",
        QualityGateReport gate => $"{gate.Tool}: quality gate {gate.Status}",
        _ => report.Kind,
    };

    private static string About(Report report) =>
        $"{(report.Subject?.Name is { } name ? ", of " + Clean(name) : "")}{(report.GeneratedAt is { } time ? time.UtcDateTime.ToString("', made 'yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) : "")}";

    private static string Counts(IReadOnlyList<ScanFinding> findings)
    {
        var counts = findings.GroupBy(f => f.Severity).OrderByDescending(g => g.Key).Select(g => $"{g.Count()} {Words(g.Key.ToString())}");
        return findings.Count == 0 ? "no findings" : $"{findings.Count} findings ({string.Join(", ", counts)})";
    }

    private static void WriteFindings(TextWriter to, IReadOnlyList<ScanFinding> findings)
    {
        foreach (var finding in findings.OrderByDescending(f => f.Severity).Take(Shown)) to.WriteLine($"  {Words(finding.Severity.ToString()),-8} {Clean(Line(finding))}");
        if (findings.Count > Shown) to.WriteLine($"  and {findings.Count - Shown} more");
    }

    private static string Line(ScanFinding finding)
    {
        var package = finding.Packages.Count > 0 ? $" {finding.Packages[0]} {string.Join(' ', finding.Versions.Take(1))}" : "";
        var place = finding.Paths.Count > 0 ? $" in {finding.Paths[0]}{(finding.Lines.Count > 0 ? ":" + finding.Lines[0].ToString(CultureInfo.InvariantCulture) : "")}" : "";
        var mend = finding.FixedVersions.Count > 0 ? $", fixed in {finding.FixedVersions[0]}" : "";
        var title = finding.Titles.Count > 0 ? $": {finding.Titles[0]}" : "";
        return $"{finding.Id ?? "(no id)"}{package.TrimEnd()}{place}{mend}{(finding.SetAside is { } why ? $" [set aside: {why}]" : "")}{title}";
    }

    private static void WriteSbom(TextWriter to, SbomReport sbom)
    {
        foreach (var problem in sbom.Problems) to.WriteLine($"  not valid: {Clean(problem)}");
        foreach (var gap in NtiaMinimum.Check(sbom)) to.WriteLine($"  NTIA minimum: no {gap.Element}{(gap.Components > 0 ? $" in {gap.Components} components" : "")}");
        var licences = LicenceCount.Of(sbom).Take(Shown).Select(l => $"{(l.Key.Length == 0 ? "not stated" : Clean(l.Key))} {l.Value}");
        if (sbom.Components.Count > 0) to.WriteLine($"  licences: {string.Join(", ", licences)}");
        if (sbom.Findings is { } findings) WriteFindings(to, findings);
    }

    private static string Share(Covered covered) =>
        covered.Ratio is { } ratio ? string.Create(CultureInfo.InvariantCulture, $"{ratio * 100:0.0} % ({covered.Count} of {covered.Total})") : "none";

    private static string Named(SbomComponent component) => Clean($"{component.Name} {component.Version}".TrimEnd());

    private static string Licences(SbomComponent component) => component.Licences.Count == 0 ? "not stated" : Clean(string.Join(" and ", component.Licences));

    /// <summary>"NotAffected" as "not affected".</summary>
    private static string Words(string name) => string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 ? $" {char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));

    /// <summary>A report's text must not steer the terminal, nor fill it.</summary>
    private static string Clean(string text)
    {
        var shown = text.Length <= 200 ? text : text[..200] + "…";
        return shown.Any(char.IsControl) ? string.Concat(shown.Select(c => char.IsControl(c) ? ' ' : c)) : shown;
    }
}
