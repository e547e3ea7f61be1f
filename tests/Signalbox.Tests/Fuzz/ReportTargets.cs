using System.Text.Json.Nodes;
using Signalbox.Evidence.Reports;

namespace Signalbox.Tests.Fuzz;

/// <summary>The readers of reports: SBOM, VEX, scans, coverage and tests.</summary>
internal static class ReportTargets
{
    private static readonly ReportLimits s_limits = new(MaxBytes: 1 << 20, MaxEntryBytes: 1 << 18, MaxItems: 5000);

    // the cases whose names begin so are of this reader
    private static readonly string[] s_readers =
    [
        "checkov", "clover", "cobertura", "cyclonedx", "dependency-check", "gitlab", "gitleaks", "grype", "jacoco", "junit", "kubescape", "lcov", "npm-audit", "opencover",
        "openvex", "osv-scanner", "sarif", "semgrep", "snyk", "sonarqube", "spdx", "trivy-operator", "trivy", "trx", "yarn", "zap",
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        .. s_readers.Select(reader => FuzzTarget.Of($"report-{reader}", Read, () => Files(name => name.StartsWith(reader, StringComparison.Ordinal)))),
        FuzzTarget.Of("report-hostile", Read, () => Files(name => !s_readers.Any(reader => name.StartsWith(reader, StringComparison.Ordinal)))),
        FuzzTarget.Of("sbom-diff", Diff, () => Files(name => name is "cyclonedx" or "spdx-2.3" or "spdx-3")),
    ];

    /// <summary>A report or a refusal with a reason, and either can be written.</summary>
    public static string Read(byte[] bytes)
    {
        var report = ReportReader.Read(new MemoryStream(bytes), s_limits);
        Check(report);
        var text = new StringWriter();
        ReportJson.Write(text, report);
        if (JsonNode.Parse(text.ToString()) is null) throw new FuzzFaultException("what was printed is no JSON");
        if (report is ScanReport scan) VexApplication.Apply(scan.Findings, [], scan.Subject, DateTimeOffset.UnixEpoch, TimeSpan.FromDays(1));
        return report is RefusedReport refused ? refused.Reason : report.GetType().Name;
    }

    private static void Check(Report report)
    {
        if (report is RefusedReport refused && (refused.Reason.Length == 0 || refused.Reason.StartsWith(ReportReader.Unforeseen, StringComparison.Ordinal)))
            throw new FuzzFaultException($"refused without a foreseen reason: {refused.Reason}");
        if (report is CoverageReport coverage && !(coverage.Lines.Count <= coverage.Lines.Total && coverage.Branches.Count <= coverage.Branches.Total))
            throw new FuzzFaultException("more is covered than there is");
    }

    private static string Diff(byte[] bytes)
    {
        if (ReportReader.Read(new MemoryStream(bytes), s_limits) is not SbomReport sbom) return "no SBOM";
        var empty = sbom with { Components = [] };
        var text = new StringWriter();
        SbomDiffJson.Write(text, SbomDiff.Between(empty, sbom));
        SbomDiffJson.Write(text, SbomDiff.Between(sbom, empty));
        return SbomDiff.Between(sbom, sbom).IsEmpty ? "compared" : throw new FuzzFaultException("an SBOM differs from itself");
    }

    private static IEnumerable<byte[]> Files(Func<string, bool> isWanted) =>
        Cases.Of("reports").Where(isWanted).Select(name => File.ReadAllBytes(Directory.GetFiles(Path.Combine(Cases.Root, "tests", "cases", "reports", name), "report.*").Single()));
}
