namespace Signalbox.Evidence.Reports;

/// <summary>In rising order, so that two can be compared.</summary>
public enum FindingSeverity
{
    /// <summary>The report does not say. Shown as info; a gate may be stricter.</summary>
    Unknown,
    Info,
    Low,
    Medium,
    High,
    Critical,
}

public enum FindingKind { Vulnerability, Misconfiguration, Secret, Licence, Code }

/// <summary>Whether the report knows a version without the vulnerability.</summary>
public enum FixState
{
    /// <summary>The report does not say.</summary>
    Unknown,
    Available,

    /// <summary>The report says that there is none.</summary>
    None,
}

/// <summary>One entry of a scanner's report. Values are the report's own words; a list is empty where the report says nothing.</summary>
public sealed record ScanFinding
{
    /// <summary>The report's own first identifier, then all others: CVE, GHSA, rule, key.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];

    public FindingSeverity Severity { get; init; }

    public FindingKind Kind { get; init; }

    /// <summary>Names of the one package affected, as far as the report has several forms of it.</summary>
    public IReadOnlyList<string> Packages { get; init; } = [];

    /// <summary>The version that is installed.</summary>
    public IReadOnlyList<string> Versions { get; init; } = [];

    /// <summary>The package URL (https://github.com/package-url/purl-spec).</summary>
    public string? Purl { get; init; }

    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Line numbers from 1.</summary>
    public IReadOnlyList<int> Lines { get; init; } = [];

    public IReadOnlyList<string> Titles { get; init; } = [];

    public FixState Fix { get; init; }

    /// <summary>Versions without it; may be empty although <see cref="Fix"/> is Available.</summary>
    public IReadOnlyList<string> FixedVersions { get; init; } = [];

    /// <summary>Why the report itself sets this one aside (suppressed, ignored, reviewed as safe); null where it stands.</summary>
    public string? SetAside { get; init; }

    /// <summary>
    /// The report within the report that it is from: Snyk puts those of the applications in an image into the image's own.
    /// Null for the report itself.
    /// </summary>
    public string? Part { get; init; }

    public string? Id => Ids.Count > 0 ? Ids[0] : null;
}
