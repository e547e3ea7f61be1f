using System.Text.Json;
using Signalbox.Evidence.Reports.Json;
using Signalbox.Evidence.Reports.Scans;

namespace Signalbox.Evidence.Reports.Sbom;

/// <summary>One vulnerability of a CycloneDX document, JSON or XML, before the components that it affects are known.</summary>
/// <param name="Affects">References to components.</param>
/// <param name="Analysis">Null where the document does not judge it.</param>
internal sealed record CycloneDxVulnerability(
    IReadOnlyList<string> Ids, FindingSeverity Severity, string? Title, IReadOnlyList<string> Affects, FixState Fix, IReadOnlyList<string> FixedIn, CycloneDxAnalysis? Analysis)
{
    /// <summary>The component that it was written in, which it affects; null where it names those that it affects.</summary>
    public SbomComponent? Within { get; init; }
}

internal sealed record CycloneDxAnalysis(VexStatus Status, string? Reason, DateTimeOffset? Time);

/// <summary>The vulnerabilities of a CycloneDX document: as findings, one for each component affected, and as VEX statements.</summary>
internal sealed class CycloneDxVulnerabilities(ReportLimits limits)
{
    private readonly List<CycloneDxVulnerability> _all = [];

    public void Add(CycloneDxVulnerability vulnerability)
    {
        if (_all.Count == limits.MaxItems) throw new ReportRefusedException($"the document has more than {limits.MaxItems} vulnerabilities");
        _all.Add(vulnerability);
    }

    public void Add(JsonElement entry)
    {
        string?[] ids = [entry.Text("id"u8), .. entry.Items("references"u8).Select(r => r.Text("id"u8)), entry.Text("bom-ref"u8)];
        var unaffected = entry.Items("affects"u8).SelectMany(a => a.Items("versions"u8)).Where(v => v.Text("status"u8) == "unaffected").Select(v => v.Text("version"u8)).OfType<string>();
        Add(new CycloneDxVulnerability([.. ids.OfType<string>().Distinct()], Severity(entry), Cut(entry.Text("description"u8)),
            [.. entry.Items("affects"u8).Select(a => a.Text("ref"u8)).OfType<string>()], FixState.Unknown, [.. unaffected], Analysis(entry)));
    }

    /// <summary>The report with the findings in it, now that every component is known.</summary>
    public SbomReport Finish(SbomBuilder sbom, SbomReport report)
    {
        var scan = new ScanBuilder("cyclonedx", limits);
        var components = ByReference(sbom);
        foreach (var vulnerability in _all)
            if (vulnerability.Affects.Count == 0) Add(scan, vulnerability, null, vulnerability.Within);
            else
                foreach (var reference in vulnerability.Affects) Add(scan, vulnerability, reference, components.GetValueOrDefault(reference) ?? components.GetValueOrDefault(InOwnDocument(reference)));
        return report with { Findings = scan.Findings, Statements = [.. _all.Where(v => v.Analysis is not null).Select(v => Statement(v, components, report))] };
    }

    private static Dictionary<string, SbomComponent> ByReference(SbomBuilder sbom)
    {
        var components = new Dictionary<string, SbomComponent>();
        foreach (var component in sbom.Components.Append(sbom.Root).OfType<SbomComponent>())
            if (component.Reference is { } reference) components.TryAdd(reference, component);
        return components;
    }

    /// <summary>A BOM-Link (urn:cdx:serial/version#reference) names a component of a document, this one or another.</summary>
    private static string InOwnDocument(string reference) =>
        reference.StartsWith("urn:cdx:", StringComparison.Ordinal) ? Uri.UnescapeDataString(reference[(reference.IndexOf('#', StringComparison.Ordinal) + 1)..]) : reference;

    private static void Add(ScanBuilder scan, CycloneDxVulnerability vulnerability, string? reference, SbomComponent? component)
    {
        var purl = component?.Purl ?? (reference is not null && PackageUrl.Parse(reference) is not null ? reference : null);
        var named = component is null ? PackageUrl.Parse(purl) : null;
        scan.Add(scan.New(FindingKind.Vulnerability, vulnerability.Severity)
            .Ids(vulnerability.Ids).Title(vulnerability.Title)
            .Package(component?.Name ?? named?.Name).Version(component?.Version ?? named?.Version).Purl(purl)
            .FixedIn(vulnerability.FixedIn).Fix(vulnerability.Fix)
            .SetAside(vulnerability.Analysis is { Status: VexStatus.NotAffected or VexStatus.Fixed } analysis ? $"CycloneDX: {analysis.Reason ?? "not affected"}" : null));
    }

    private static VexStatement Statement(CycloneDxVulnerability vulnerability, Dictionary<string, SbomComponent> components, SbomReport report) => new(
        vulnerability.Ids, vulnerability.Within is { } within ? [new(within.Purl ?? within.Name, [])] : [.. vulnerability.Affects.Select(reference => new VexProduct(components.GetValueOrDefault(reference)?.Purl ?? InOwnDocument(reference), []))],
        vulnerability.Analysis!.Status, vulnerability.Analysis.Reason, vulnerability.Analysis.Time ?? report.GeneratedAt);

    /// <summary>The first rating that gives a severity, else a score; tools put the one that they mean first.</summary>
    private static FindingSeverity Severity(JsonElement entry)
    {
        var severity = FindingSeverity.Unknown;
        foreach (var rating in entry.Items("ratings"u8)) severity = severity.Or(Severities.Of(rating.Text("severity"u8)));
        foreach (var rating in entry.Items("ratings"u8)) severity = severity.Or(Severities.OfScore(rating.Number("score"u8))).Or(Severities.OfScore(Cvss.BaseScore(rating.Text("vector"u8))));
        return severity;
    }

    private static CycloneDxAnalysis? Analysis(JsonElement entry)
    {
        var analysis = entry.At("analysis"u8);
        if (StatusOf(analysis.Text("state"u8)) is not { } status) return null;
        return new(status, Reason(analysis.Text("justification"u8), analysis.Text("detail"u8)),
            analysis.Time("lastUpdated"u8) ?? analysis.Time("firstIssued"u8) ?? entry.Time("updated"u8) ?? entry.Time("published"u8));
    }

    public static string? Reason(string? justification, string? detail) =>
        justification is null || detail is null ? Cut(justification ?? detail) : Cut($"{justification}: {detail}");

    public static VexStatus? StatusOf(string? state) => state switch
    {
        "not_affected" or "false_positive" => VexStatus.NotAffected,
        "resolved" or "resolved_with_pedigree" => VexStatus.Fixed,
        "exploitable" => VexStatus.Affected,
        "in_triage" => VexStatus.UnderInvestigation,
        _ => null,
    };

    private static string? Cut(string? text) => text is { Length: > 2000 } ? text[..2000] : text;
}
