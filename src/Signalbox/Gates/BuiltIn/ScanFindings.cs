using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;
using Signalbox.Evidence.Reports;

namespace Signalbox.Gates.BuiltIn;

/// <param name="SetAside">Why it does not count; null where it counts.</param>
/// <param name="Until">When it begins to count again.</param>
internal sealed record WeighedFinding(EvidenceItem Item, ScanFinding Finding, string? SetAside, DateTimeOffset? Until)
{
    /// <summary>A severity that a report does not state may be any: it weighs as high, so that it blocks where an update mends it.</summary>
    public int Rank => Finding.Severity == FindingSeverity.Unknown ? (int)FindingSeverity.High - 1 : (int)Finding.Severity - 1;

    public bool IsFixable => Finding.Fix == FixState.Available || Finding.FixedVersions.Count > 0;

    public string Severity => Finding.Severity == FindingSeverity.Unknown ? "of unstated severity" : Finding.Severity.ToString().ToLowerInvariant();
}

/// <summary>What scans and VEX say of one artifact, for one kind of findings.</summary>
internal sealed class ScanFindings
{
    public ScanFindings(GateContext context, GateRule rule, Digest artifact, FindingKind of, GateLines lines)
    {
        Scans = [.. context.Read<ScanFact>(context.About(artifact, EvidenceKind.Scan), lines).Where(scan => scan.Facts.Covers.Contains(of) && !IsOfAnother(context, scan.Facts, artifact))];
        var statements = Statements(context, rule, artifact, lines);
        var subject = new ReportSubject(null, [artifact.Value]);
        var most = GateValues.Age(rule.Values("vexMaxAge")) ?? TimeSpan.Zero;
        Findings = [.. Scans.SelectMany(scan => VexApplication.Apply([.. scan.Facts.Findings.Where(finding => finding.Kind == of)], statements, subject, context.Now, most)
            .Select(judged => new WeighedFinding(scan.Item, judged.Finding, judged.SetAside, judged.Until)))];
    }

    public IReadOnlyList<(EvidenceItem Item, ScanFact Facts)> Scans { get; }

    public IReadOnlyList<WeighedFinding> Findings { get; }

    public string Tools => string.Join(", ", Scans.Select(scan => scan.Facts.Tool).Distinct(StringComparer.Ordinal));

    /// <summary>Whether a scan of the whole release says that it is of another of its artifacts, and not of this one.</summary>
    private static bool IsOfAnother(GateContext context, ScanFact scan, Digest artifact) =>
        scan.Names.Count > 0 && !scan.Names.Contains(artifact) && scan.Names.Any(name => context.Artifacts.Any(own => own.Digest == name));

    /// <summary>Those of who may set findings aside. "Fixed" without a reason is only a claim.</summary>
    private static List<VexStatement> Statements(GateContext context, GateRule rule, Digest artifact, GateLines lines)
    {
        var from = rule.Settings.GetValueOrDefault("vexFrom");
        return [.. context.Read<VexFact>(context.About(artifact, EvidenceKind.Vex), lines)
            .Where(vex => vex.Item.Record.Verification.Verdict != VerificationVerdict.Failed && (from is null || from.Any(pattern => Glob.Matches(pattern, vex.Item.Record.By.Name))))
            .SelectMany(vex => vex.Facts.Statements.Select(statement => (vex.Item, Statement: statement)))
            .Select(stated => stated.Statement with
            {
                Status = stated.Statement is { Status: VexStatus.Fixed, Reason: null or "" } ? VexStatus.Affected : stated.Statement.Status,
                Reason = stated.Statement.Reason is { Length: > 0 } reason ? $"{reason} (by {stated.Item.Record.By})" : null,
                // its time begins when it was handed in at the latest
                Timestamp = stated.Statement.Timestamp < stated.Item.Record.At ? stated.Statement.Timestamp : stated.Item.Record.At,
            })];
    }
}
