namespace Signalbox.Evidence.Reports;

/// <summary>What one file of evidence says, whichever tool wrote it. <see cref="ReportReader"/> makes them; none of them is trusted by itself.</summary>
public abstract record Report
{
    /// <summary>The word that the JSON form calls it by: scan, sbom, coverage, tests, vex, quality-gate or unknown.</summary>
    public abstract string Kind { get; }

    /// <summary>When the tool says that it made the report; null where it does not say. A gate must not take null for fresh.</summary>
    public DateTimeOffset? GeneratedAt { get; init; }

    /// <summary>What was looked at, as the report names it; null where it does not say. It is a claim: compare it with the digest that is released.</summary>
    public ReportSubject? Subject { get; init; }

    /// <summary>Why the report is not the whole result (a failed run, one page of many); null where nothing says so. A gate must not take an incomplete report for a clean one.</summary>
    public string? Incomplete { get; init; }
}

/// <param name="Name">The image, directory or project, as the tool calls it.</param>
/// <param name="Digests">Digests of it, such as <c>sha256:9f2c…</c>; the image's manifest, never its configuration.</param>
public sealed record ReportSubject(string? Name, IReadOnlyList<string> Digests)
{
    /// <summary>Null where there is neither a name nor a digest.</summary>
    internal static ReportSubject? From(string? name, params IEnumerable<string?> digests)
    {
        var known = digests.OfType<string>().Select(DigestOf).OfType<string>().Distinct().ToArray();
        return name is null && known.Length == 0 ? null : new(name, known);
    }

    /// <summary>The digest in <c>name@sha256:…</c> or in <c>sha256:…</c> alone.</summary>
    private static string? DigestOf(string text)
    {
        var digest = text[(text.LastIndexOf('@') + 1)..];
        return digest.StartsWith("sha256:", StringComparison.Ordinal) || digest.StartsWith("sha512:", StringComparison.Ordinal) ? digest : null;
    }
}

/// <summary>The findings of a scanner, one for each entry of its report, nothing merged and nothing dropped.</summary>
/// <param name="Tool">trivy, grype, sarif …; null where an empty report (<c>null</c>, <c>[]</c>) does not say whose it is and so proves nothing.</param>
public sealed record ScanReport(string? Tool, IReadOnlyList<ScanFinding> Findings) : Report
{
    public override string Kind => "scan";

    /// <summary>What was looked for, as the report itself says or its tool alone can: no finding of another kind means nothing.</summary>
    public IReadOnlyList<FindingKind> Covers { get; init; } = [];

    /// <summary>Of SARIF: the programs that wrote its runs, by their own names (<c>tool.driver.name</c>).</summary>
    public IReadOnlyList<string> Drivers { get; init; } = [];
}

/// <summary>What SonarQube's quality gate decided (<c>api/qualitygates/project_status</c>).</summary>
/// <param name="Status">As SonarQube says: OK, WARN, ERROR or NONE.</param>
public sealed record QualityGateReport(string Tool, string Status, IReadOnlyList<QualityGateCondition> Conditions) : Report
{
    public override string Kind => "quality-gate";

    /// <summary>True for OK alone: NONE means that no gate was computed.</summary>
    public bool Passed => Status == "OK";
}

/// <param name="Metric">Such as <c>new_coverage</c>.</param>
/// <param name="Comparator">LT or GT: the condition fails where actual is less, or greater, than the threshold.</param>
public sealed record QualityGateCondition(string Metric, string Status, string? Comparator, string? Threshold, string? Actual);

/// <summary>A file that was not understood, or not believed. It proves nothing; a gate that needs it denies.</summary>
/// <param name="Reason">Lower case, no full stop: what was seen and what was expected.</param>
/// <param name="IsEmpty">Nothing at all is in the file: some scanners write that when they find nothing, and so does a scanner that crashed.</param>
public sealed record RefusedReport(string Reason, bool IsEmpty = false) : Report
{
    public override string Kind => "unknown";
}
