using Signalbox.Delivery;
using Signalbox.Delivery.Policies;
using Signalbox.Evidence;

namespace Signalbox.Gates.BuiltIn;

/// <summary>What scans and VEX say of one artifact, for one class of findings.</summary>
internal sealed class ScanFindings
{
    private readonly GateContext _context;
    private readonly IReadOnlyList<(EvidenceItem Item, VexFact Facts)> _vex;

    public ScanFindings(GateContext context, GateRule rule, Digest artifact, FindingClass of, GateLines lines)
    {
        _context = context;
        Scans = [.. context.Read<ScanFact>(context.About(artifact, EvidenceKind.Scan), lines).Where(scan => scan.Facts.Covers.Contains(of))];
        var from = rule.Settings.GetValueOrDefault("vexFrom");
        _vex = [.. context.Read<VexFact>(context.About(artifact, EvidenceKind.Vex), lines)
            .Where(vex => vex.Item.Record.Verification.Verdict != VerificationVerdict.Failed && (from is null || from.Any(pattern => Glob.Matches(pattern, vex.Item.Record.By.Name))))];
        Findings = [.. Scans.SelectMany(scan => scan.Facts.Findings.Where(finding => finding.Class == of).Select(finding => (scan.Item, finding)))];
    }

    public IReadOnlyList<(EvidenceItem Item, ScanFact Facts)> Scans { get; }

    public IReadOnlyList<(EvidenceItem Item, ScanFinding Finding)> Findings { get; }

    /// <summary>The statement that sets a finding aside: with a reason, and an end that has not come.</summary>
    public (EvidenceItem Item, VexStatement Statement)? SetAside(ScanFinding finding)
    {
        foreach (var (item, facts) in _vex)
            foreach (var statement in facts.Statements)
                if (Matches(statement, finding) && Counts(statement)) return (item, statement);
        return null;
    }

    /// <summary>Why a statement about the finding does not set it aside; null where there is none.</summary>
    public string? WhyNot(ScanFinding finding) => _vex.SelectMany(vex => vex.Facts.Statements).Where(statement => Matches(statement, finding)).Select(statement => statement switch
    {
        { Status: VexStatus.Affected or VexStatus.UnderInvestigation } => $"a VEX statement calls it {(statement.Status == VexStatus.Affected ? "affected" : "under investigation")}",
        { Reason: null or "" } => "a VEX statement about it gives no reason",
        { Expires: null } => "a VEX statement about it has no end",
        _ => $"a VEX statement about it ended on {statement.Expires:yyyy-MM-dd}",
    }).FirstOrDefault();

    private bool Counts(VexStatement statement) =>
        statement is { Status: VexStatus.NotAffected or VexStatus.Fixed, Reason.Length: > 0 } && statement.Expires > _context.Now;

    private static bool Matches(VexStatement statement, ScanFinding finding) =>
        finding.Aliases.Prepend(finding.Id).Contains(statement.Vulnerability, StringComparer.OrdinalIgnoreCase)
        && (statement.Packages.Count == 0 || (finding.Package is { } package && statement.Packages.Any(named => Names(named, package))));

    /// <summary>A package by its name, or by a package URL (purl-spec: <c>pkg:type/namespace/name@version</c>).</summary>
    private static bool Names(string named, string package)
    {
        if (!named.StartsWith("pkg:", StringComparison.Ordinal)) return named == package;
        var end = named.IndexOfAny(['@', '?', '#'], 4);
        var path = Uri.UnescapeDataString(end < 0 ? named[4..] : named[4..end]);
        return path.IndexOf('/') is > 0 and var type && (path[(type + 1)..] == package || path[(path.LastIndexOf('/') + 1)..] == package || path[(type + 1)..].Replace('/', ':') == package);
    }
}
