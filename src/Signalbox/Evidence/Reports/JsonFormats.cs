using Signalbox.Evidence.Reports.Json;
using Signalbox.Evidence.Reports.Sbom;
using Signalbox.Evidence.Reports.Scans;
using Signalbox.Evidence.Reports.Vex;

namespace Signalbox.Evidence.Reports;

/// <summary>Every JSON format with what only its files have. A file's name plays no part.</summary>
internal static class JsonFormats
{
    private static readonly (Func<JsonShape, bool> Fits, Func<ReportLimits, JsonReportReader> Create)[] s_table =
    [
        (IsCycloneDx, limits => new CycloneDxReader(limits)),
        (shape => shape.Has("spdxVersion") || shape.Has("SPDXID"), limits => new SpdxReader(limits)),
        (shape => Context(shape, "openvex"), limits => new OpenVexReader(limits)),
        (shape => Context(shape, "spdx.org/rdf/3"), limits => new Spdx3Reader(limits)),
        (IsSarif, limits => new SarifReader(limits)),
        (IsTrivyOperator, limits => new TrivyOperatorReader(limits)),
        (IsTrivy, limits => new TrivyReader(limits)),
        (shape => shape.Has("matches") && shape.HasAny("matches[].vulnerability", "descriptor", "distro"), limits => new GrypeReader(limits)),
        (shape => shape.HasAny("projectStatus"), _ => new QualityGateReader()),
        (IsSonar, limits => new SonarReader(limits)),
        (shape => shape.Has("auditReportVersion") || (shape.Has("advisories") && shape.HasAny("metadata", "actions", "muted")) || IsYarn(shape), limits => new NpmAuditReader(limits)),
        (shape => shape.Has("error") && shape.HasAny("error.code") && !shape.Has("vulnerabilities"), limits => new NpmAuditReader(limits)),
        (IsSnyk, limits => new SnykReader(limits)),
        (shape => shape.Has("dependencies") && shape.HasAny("reportSchema", "scanInfo", "dependencies[].fileName"), limits => new DependencyCheckReader(limits)),
        (IsCheckov, limits => new CheckovReader(limits)),
        (IsKubescape, limits => new KubescapeReader(limits)),
        (IsGitleaks, limits => new GitleaksReader(limits)),
        (IsGitLab, limits => new GitLabReader(limits)),
        (IsSemgrep, limits => new SemgrepReader(limits)),
        (shape => shape.Has("results") && shape.HasAny("results[].packages", "experimental_config"), limits => new OsvReader(limits)),
    ];

    /// <summary>Formats whose keys other formats have too, with more beside them: these are known only after the whole file was looked at.</summary>
    private static readonly (Func<JsonShape, bool> Fits, Func<ReportLimits, JsonReportReader> Create)[] s_last =
    [
        // GitLab's DAST report was once ZAP's with more in it
        (shape => shape.Has("site") && shape.HasAny("@version", "@generated", "@programName", "site[].alerts", "site.alerts"), limits => new ZapReader(limits)),
        // OSV-Scanner's report of nothing found is this one key
        (shape => shape.Has("results") && !shape.HasAny("results[]", "errors", "metrics", "SchemaVersion"), limits => new OsvReader(limits)),
    ];

    public static bool IsKnown(JsonShape shape) => Array.Exists(s_table, format => format.Fits(shape));

    /// <returns>Null where no format fits.</returns>
    public static JsonReportReader? ReaderFor(JsonShape shape, ReportLimits limits)
    {
        foreach (var (fits, create) in s_table.Concat(s_last))
            if (fits(shape)) return create(limits);
        return null;
    }

    private static bool Context(JsonShape shape, string part) =>
        shape.Text("@context").Contains(part, StringComparison.Ordinal) || shape.Text("@context[]").Contains(part, StringComparison.Ordinal);

    private static bool IsCycloneDx(JsonShape shape) =>
        shape.Has("bomFormat") || shape.Text("$schema").Contains("cyclonedx.org", StringComparison.Ordinal) || (shape.Has("specVersion") && shape.HasAny("components", "metadata"));

    private static bool IsSarif(JsonShape shape) =>
        shape.Has("runs") && (shape.Has("version") || shape.Text("$schema").Contains("sarif", StringComparison.OrdinalIgnoreCase) || shape.HasAny("runs[].tool"));

    private static bool IsTrivyOperator(JsonShape shape) =>
        shape.HasAnyEndingWith("reports.aquasecurity.github.io")
        || (shape.Has("kind") && (shape.Text("apiVersion").StartsWith("aquasecurity.github.io", StringComparison.Ordinal) || (shape.Text("kind") == "List" && shape.HasAny("items[].report", "items[].status"))));

    private static bool IsTrivy(JsonShape shape) =>
        (shape.Has("SchemaVersion") && shape.HasAny("ArtifactName", "ArtifactType", "Results"))
        || (shape.Has("Results") && shape.HasAny("ArtifactName", "Results[].Target", "Results[].Results"))
        || (shape.Has("ClusterName") && shape.HasAny("Resources", "Vulnerabilities", "Misconfigurations", "Findings"))
        || (shape.IsArray && shape.Has("Target") && shape.HasAny("Type", "Class", "Vulnerabilities", "Misconfigurations"));

    private static bool IsSonar(JsonShape shape) =>
        (shape.Has("issues") && shape.HasAny("paging", "sonarComponent", "sonarBaseURL", "hotspotKeys", "issues[].rule"))
        || (shape.Has("hotspots") && shape.HasAny("paging", "hotspots[].vulnerabilityProbability", "hotspots[].ruleKey"));

    private static bool IsYarn(JsonShape shape) =>
        (shape.Has("type", "data") && shape.HasAny("data.advisory", "data.totalDependencies")) || shape.Has("value", "children.ID", "children.Issue");

    private static bool IsSnyk(JsonShape shape) =>
        (shape.HasAny("vulnerabilities", "error") && shape.HasAny("ok", "dependencyCount", "projectName", "packageManager")) || shape.Has("infrastructureAsCodeIssues");

    private static bool IsCheckov(JsonShape shape) =>
        (shape.Has("check_type") && shape.HasAny("results", "summary")) || shape.Has("checkov_version", "passed", "failed") || shape.Has("results.failed_checks");

    private static bool IsKubescape(JsonShape shape) =>
        shape.Has("summaryDetails.controls") || (shape.Has("results") && shape.HasAny("results[].controls", "clusterAPIServerInfo"));

    private static bool IsGitleaks(JsonShape shape) =>
        shape.IsArray && (shape.Has("RuleID", "File") || shape.Has("rule", "offender") || shape.Has("RuleID", "Secret"));

    private static bool IsGitLab(JsonShape shape) => shape.Has("vulnerabilities[].identifiers", "vulnerabilities[].location")
        || (shape.Has("vulnerabilities", "version") && shape.HasAny("scan", "remediations", "vulnerabilities[].location", "dependency_files"));

    private static bool IsSemgrep(JsonShape shape) =>
        (shape.Has("results", "errors") && (shape.Has("results[].check_id") || (!shape.Has("results[]") && !shape.HasAny("metrics", "generated_at"))))
        || shape.Has("results[].check_id", "results[].extra") || (shape.Has("vulns") && shape.HasAny("vulns[].advisory", "hasMore"));
}
