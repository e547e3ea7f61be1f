using System.Globalization;
using Signalbox.Delivery;
using Signalbox.Evidence.Reports;

namespace Signalbox.Evidence;

/// <summary>Reports of scanners, SBOM tools, coverage tools and test runners as evidence. What is not whole is refused: it may lack what speaks against a release.</summary>
public sealed class ReportEvidenceReader : IEvidenceReader
{
    private const string Unreadable = "evidence-unreadable";

    public (EvidenceReading? Reading, EvidenceRefusal? Refusal) Read(Stream content, EvidenceAsked asked)
    {
        var report = ReportReader.Read(content, cancel: asked.Cancel);
        return report switch
        {
            RefusedReport refused => (null, new(Unreadable, $"{asked.Name} cannot be read: {refused.Reason}", $"signalbox evidence read {asked.Name}")),
            { Incomplete: { } why } => (null, new("evidence-incomplete", $"{asked.Name} is not the whole result: {why}", $"signalbox evidence read {asked.Name}")),
            _ => Of(report, asked.Asked),
        };
    }

    /// <param name="asked">A CycloneDX document may be an SBOM, a scan and VEX at once: the kind asked for tells which is meant.</param>
    internal static (EvidenceReading? Reading, EvidenceRefusal? Refusal) Of(Report report, EvidenceKind? asked) => report switch
    {
        ScanReport { Tool: null } => (null, new(Unreadable, "the report is empty and does not say whose it is, so it proves nothing", "signalbox evidence read --help")),
        ScanReport scan => Scan(new(scan.Tool, scan.Covers, scan.Findings) { Drivers = scan.Drivers.Count > 0 ? scan.Drivers : null }, scan),
        SbomReport { Valid: false } sbom => (null, new("evidence-invalid", $"the SBOM is not valid: {sbom.Problems[0]}", "signalbox evidence read --help")),
        SbomReport { Findings: { } findings } sbom when asked == EvidenceKind.Scan => Scan(new("cyclonedx", [FindingKind.Vulnerability], findings), sbom),
        SbomReport { Statements.Count: > 0 } sbom when asked == EvidenceKind.Vex => Vex(sbom.Statements, sbom),
        SbomReport sbom => Sbom(sbom),
        CoverageReport coverage => Coverage(coverage),
        TestReport tests => Tests(tests),
        VexReport vex => Vex(vex.Statements, vex),
        QualityGateReport => (null, new(Unreadable, "a quality gate's word is no evidence of its own; expected the report with its findings", "signalbox evidence read --help")),
        _ => (null, null),
    };

    private static (EvidenceReading?, EvidenceRefusal?) Scan(ScanFact scan, Report report)
    {
        var severe = scan.Findings.Count(finding => finding.Severity >= FindingSeverity.High);
        return Taken(EvidenceKind.Scan, Claims(scan, report), string.Create(CultureInfo.InvariantCulture, $"{scan.Name}: {scan.Findings.Count} findings, {severe} high or critical"));
    }

    private static (EvidenceReading?, EvidenceRefusal?) Sbom(SbomReport sbom)
    {
        var missing = NtiaMinimum.Check(sbom).Select(gap => gap.Element).ToList();
        var claimed = Claims(new SbomFact(sbom.Format, sbom.SpecVersion, sbom.Components.Count, missing) { Partial = sbom.Partial }, sbom);
        var facts = claimed with { Names = [.. claimed.Names.Concat(Hashes(sbom.Root)).Distinct()] };
        return Taken(EvidenceKind.Sbom, facts, string.Create(CultureInfo.InvariantCulture, $"{sbom.Format} {sbom.SpecVersion}: {sbom.Components.Count} components"));
    }

    /// <summary>The hashes of what the document describes: <c>SHA-256:…</c> in CycloneDX, <c>SHA256:…</c> in SPDX.</summary>
    private static IEnumerable<Digest> Hashes(SbomComponent? root)
    {
        foreach (var identifier in root?.Identifiers ?? [])
            if (identifier.Split(':', 2) is ["SHA-256" or "SHA256" or "sha256", { } hex] && Digest.TryParse("sha256:" + hex.Trim().ToLowerInvariant(), out var digest)) yield return digest;
    }

    private static (EvidenceReading?, EvidenceRefusal?) Coverage(CoverageReport coverage) => Taken(
        EvidenceKind.Coverage, Claims(new CoverageFact(coverage.Lines.Count, coverage.Lines.Total, coverage.Branches.Count, coverage.Branches.Total), coverage),
        string.Create(CultureInfo.InvariantCulture, $"{coverage.Format}: {coverage.Lines.Count} of {coverage.Lines.Total} lines"));

    private static (EvidenceReading?, EvidenceRefusal?) Tests(TestReport tests) => Taken(
        EvidenceKind.Test, Claims(new TestFact(tests.Total, (long)tests.Failed + tests.Errors, tests.Skipped), tests),
        string.Create(CultureInfo.InvariantCulture, $"{tests.Format}: {tests.Total} tests, {tests.Failed + tests.Errors} failed, {tests.Skipped} skipped"));

    private static (EvidenceReading?, EvidenceRefusal?) Vex(IReadOnlyList<VexStatement> statements, Report report) => Taken(
        EvidenceKind.Vex, Claims(new VexFact(statements), report), string.Create(CultureInfo.InvariantCulture, $"{statements.Count} statements"));

    private static T Claims<T>(T facts, Report report) where T : EvidenceFacts => facts with
    {
        MadeAt = report.GeneratedAt,
        Names = [.. (report.Subject?.Digests ?? []).Where(text => Digest.TryParse(text, out _)).Select(Digest.Parse)],
    };

    private static (EvidenceReading?, EvidenceRefusal?) Taken(EvidenceKind kind, EvidenceFacts facts, string summary) =>
        (new(kind, "application/octet-stream", facts, EvidenceVerification.Unsigned, summary), null);
}
