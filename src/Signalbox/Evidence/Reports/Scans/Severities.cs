namespace Signalbox.Evidence.Reports.Scans;

/// <summary>The tools' words for one scale.</summary>
internal static class Severities
{
    public static FindingSeverity Of(string? word) => word?.Trim().ToLowerInvariant() switch
    {
        "critical" => FindingSeverity.Critical,
        "high" or "important" => FindingSeverity.High,
        "medium" or "moderate" => FindingSeverity.Medium,
        "low" => FindingSeverity.Low,
        "info" or "informational" or "information" or "negligible" or "none" or "note" => FindingSeverity.Info,
        _ => FindingSeverity.Unknown,
    };

    /// <summary>The bands of CVSS 3 (https://www.first.org/cvss/v3.1/specification-document, 5): from 9.0, 7.0, 4.0 and 0.1.</summary>
    public static FindingSeverity OfScore(double? score) => score switch
    {
        null or < 0 => FindingSeverity.Unknown,
        >= 9 => FindingSeverity.Critical,
        >= 7 => FindingSeverity.High,
        >= 4 => FindingSeverity.Medium,
        > 0 => FindingSeverity.Low,
        _ => FindingSeverity.Info,
    };

    /// <summary>Semgrep: ERROR, WARNING and INFO are high, medium and low.</summary>
    public static FindingSeverity OfSemgrep(string? word) => word?.ToUpperInvariant() switch
    {
        "ERROR" => FindingSeverity.High,
        "WARNING" => FindingSeverity.Medium,
        "INFO" => FindingSeverity.Low,
        "INVENTORY" or "EXPERIMENT" => FindingSeverity.Info,
        _ => Of(word),
    };

    /// <summary>SonarQube: below BLOCKER, CRITICAL is only the second of five.</summary>
    public static FindingSeverity OfSonar(string? word) => word?.ToUpperInvariant() switch
    {
        "BLOCKER" => FindingSeverity.Critical,
        "CRITICAL" => FindingSeverity.High,
        "MAJOR" => FindingSeverity.Medium,
        "MINOR" => FindingSeverity.Low,
        _ => Of(word),
    };

    /// <summary>SARIF 2.1.0, 3.27.10.</summary>
    public static FindingSeverity OfSarifLevel(string? level) => level?.ToLowerInvariant() switch
    {
        "error" => FindingSeverity.High,
        "warning" => FindingSeverity.Medium,
        "note" or "none" => FindingSeverity.Info,
        _ => FindingSeverity.Unknown,
    };

    /// <summary>The first that is known.</summary>
    public static FindingSeverity Or(this FindingSeverity first, FindingSeverity second) => first == FindingSeverity.Unknown ? second : first;
}
