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
        var scans = context.Scans(artifact, lines);
        Scans = [.. scans.Where(scan => scan.Facts.Covers.Contains(of))];
        // what a scanner found counts, also where its format is too poor for a clean run to speak for a release
        var weighed = scans.Where(scan => scan.Facts.Covers.Contains(of) || scan.Facts.Drivers is not null).ToList();
        var statements = Statements(context, rule, artifact, lines);
        if (VexApplication.Looks(weighed.SelectMany(scan => scan.Facts.Findings.Where(finding => finding.Kind == of)), statements) > VexApplication.MostLooks)
        {
            lines.Undecided("gate-evidence-too-much", $"the VEX statements on the findings of one artifact would be held against them more than {VexApplication.MostLooks:N0} times, so what they set aside is not known",
                $"signalbox evidence list --release {context.Release.Id}   # then: signalbox evidence withdraw ID, and statements that name each finding once", context.About(artifact, EvidenceKind.Vex));
            statements = [];
        }
        var subject = new ReportSubject(null, [artifact.Value]);
        var most = GateValues.Age(rule.Values("vexMaxAge")) ?? TimeSpan.Zero;
        Findings = [.. weighed.SelectMany(scan => VexApplication.Apply([.. scan.Facts.Findings.Where(finding => finding.Kind == of)], statements, subject, context.Now, most)
            .Select(judged => new WeighedFinding(scan.Item, judged.Finding, judged.SetAside, judged.Until)))];
    }

    public IReadOnlyList<(EvidenceItem Item, ScanFact Facts)> Scans { get; }

    public IReadOnlyList<WeighedFinding> Findings { get; }

    public string Tools => string.Join(", ", Scans.Select(scan => scan.Facts.Name).Distinct(StringComparer.Ordinal));

    /// <summary>
    /// Those of who may set findings aside: whom the policy names, else anybody but who brings the release. "Fixed" without a reason
    /// is only a claim.
    /// </summary>
    private static List<VexStatement> Statements(GateContext context, GateRule rule, Digest artifact, GateLines lines)
    {
        var from = rule.Settings.GetValueOrDefault("vexFrom");
        return [.. context.Read<VexFact>(context.About(artifact, EvidenceKind.Vex), lines)
            .Where(vex => vex.Item.Record.Verification.Verdict != VerificationVerdict.Failed && (from?.Any(pattern => Glob.Matches(pattern, vex.Item.Record.By.Name)) ?? !context.Brings(vex.Item)))
            .SelectMany(vex => vex.Facts.Statements.Select(statement => (vex.Item, Statement: statement)))
            .Select(stated => stated.Statement with
            {
                Status = stated.Statement is { Status: VexStatus.Fixed, Reason: null or "" } ? VexStatus.Affected : stated.Statement.Status,
                Reason = stated.Statement.Reason is { Length: > 0 } reason ? $"{reason} (by {stated.Item.Record.By})" : null,
                Timestamp = MadeAt(stated.Statement, stated.Item.Record),
            })];
    }

    /// <summary>
    /// When a statement was made: at the latest when it was handed in. One that sets aside and does not say when, or says a time that
    /// had not come then, would begin anew each time it is handed in, and so never end (docs/decisions/0111).
    /// </summary>
    /// <returns>Null where it does not count.</returns>
    private static DateTimeOffset? MadeAt(VexStatement statement, EvidenceRecord record) => statement switch
    {
        { Timestamp: { } made } when made < record.At => made,
        { Status: VexStatus.NotAffected or VexStatus.Fixed, Timestamp: var made } when made is null || made > record.At + Age.Skew => null,
        _ => record.At,
    };
}
