namespace Signalbox.Evidence.Reports.Scans;

/// <summary>
/// What the programs that write SARIF look for, by the name that each gives itself (tool.driver.name): the format is one for all of
/// them, and a run without results is clean of that alone. Whoever is not here looks at code, as the format was made for.
/// </summary>
internal static class SarifDrivers
{
    private const string Trivy = "trivy";

    /// <summary>In lower case. Null: of several kinds, and a run does not say which.</summary>
    private static readonly Dictionary<string, FindingKind?> s_known = new(StringComparer.Ordinal)
    {
        ["gitleaks"] = FindingKind.Secret,
        ["trufflehog"] = FindingKind.Secret,
        ["detect-secrets"] = FindingKind.Secret,
        ["ggshield"] = FindingKind.Secret,
        ["gitguardian"] = FindingKind.Secret,
        ["whispers"] = FindingKind.Secret,
        ["kingfisher"] = FindingKind.Secret,
        ["hadolint"] = FindingKind.Misconfiguration,
        ["checkov"] = FindingKind.Misconfiguration,
        ["kics"] = FindingKind.Misconfiguration,
        ["tfsec"] = FindingKind.Misconfiguration,
        ["defsec"] = FindingKind.Misconfiguration,
        ["terrascan"] = FindingKind.Misconfiguration,
        ["tflint"] = FindingKind.Misconfiguration,
        ["dockle"] = FindingKind.Misconfiguration,
        ["kube-linter"] = FindingKind.Misconfiguration,
        ["kubesec"] = FindingKind.Misconfiguration,
        ["kube-score"] = FindingKind.Misconfiguration,
        ["kubescape"] = FindingKind.Misconfiguration,
        ["polaris"] = FindingKind.Misconfiguration,
        ["snyk iac"] = FindingKind.Misconfiguration,
        ["actionlint"] = FindingKind.Misconfiguration,
        ["zizmor"] = FindingKind.Misconfiguration,
        ["scorecard"] = FindingKind.Misconfiguration,
        ["poutine"] = FindingKind.Misconfiguration,
        ["cfn-lint"] = FindingKind.Misconfiguration,
        ["templateanalyzer"] = FindingKind.Misconfiguration,
        ["signalbox"] = FindingKind.Misconfiguration,
        ["grype"] = FindingKind.Vulnerability,
        ["snyk open source"] = FindingKind.Vulnerability,
        ["snyk container"] = FindingKind.Vulnerability,
        ["osv-scanner"] = FindingKind.Vulnerability,
        ["dependency-check"] = FindingKind.Vulnerability,
        ["docker scout"] = FindingKind.Vulnerability,
        ["govulncheck"] = FindingKind.Vulnerability,
        ["pip-audit"] = FindingKind.Vulnerability,
        ["bundler-audit"] = FindingKind.Vulnerability,
        ["cargo-audit"] = FindingKind.Vulnerability,
        [Trivy] = null,
    };

    /// <summary>
    /// What a run of the program was to find; null where it does not say, and for those that look for vulnerabilities: SARIF has neither
    /// the package nor whether an update mends it, so their findings speak against a release and a clean run not for it.
    /// </summary>
    public static FindingKind? Covers(string? driver) => Known(driver) is var kind && kind == FindingKind.Vulnerability ? null : kind;

    /// <summary>Trivy tags its rules with the kind of each.</summary>
    public static FindingKind KindOf(string? driver, SarifRule? rule) => Known(driver) ?? (rule?.Tags ?? []) switch
    {
        var tags when tags.Contains("secret") => FindingKind.Secret,
        var tags when tags.Contains("misconfiguration") => FindingKind.Misconfiguration,
        var tags when tags.Contains("license") => FindingKind.Licence,
        _ => FindingKind.Vulnerability,
    };

    private static FindingKind? Known(string? driver) => s_known.TryGetValue((driver ?? "").Trim().ToLowerInvariant(), out var kind) ? kind : FindingKind.Code;
}
