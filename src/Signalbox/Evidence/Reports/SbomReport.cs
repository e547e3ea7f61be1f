namespace Signalbox.Evidence.Reports;

/// <summary>A software bill of materials.</summary>
/// <param name="Format">cyclonedx or spdx.</param>
/// <param name="SpecVersion">Such as 1.6 or 2.3; empty where the document has none.</param>
/// <param name="Problems">What the format's schema refuses, each with its place in the document. Empty: valid.</param>
public sealed record SbomReport(
    string Format, string SpecVersion, IReadOnlyList<string> Problems, IReadOnlyList<SbomComponent> Components) : Report
{
    public override string Kind => "sbom";

    /// <summary>Whether nothing was found wrong with it. How much was looked at, <see cref="Schema"/> says.</summary>
    public bool Valid => Problems.Count == 0;

    /// <summary>The schema that the whole document was held against; null for CycloneDX XML, of which only the outline is checked.</summary>
    public string? Schema { get; init; }

    /// <summary>What the document describes: <c>metadata.component</c>, or what the SPDX document describes.</summary>
    public SbomComponent? Root { get; init; }

    /// <summary>Who made the document: a person, an organisation or a tool.</summary>
    public IReadOnlyList<string> Authors { get; init; } = [];

    /// <summary>Whether it says what depends on what.</summary>
    public bool HasDependencies { get; init; }

    /// <summary>
    /// Why it is not the whole list: what it calls itself (CycloneDX's <c>compositions</c>), or that it lists nothing and does not say
    /// that there is nothing; null where nothing says so.
    /// </summary>
    public string? Partial { get; init; }

    /// <summary>CycloneDX's vulnerabilities, one for each affected component; null for SPDX.</summary>
    public IReadOnlyList<ScanFinding>? Findings { get; init; }

    /// <summary>CycloneDX's analyses of vulnerabilities, as VEX statements.</summary>
    public IReadOnlyList<VexStatement> Statements { get; init; } = [];
}

/// <param name="Reference">bom-ref or SPDXID: unique in the document; null where it has none.</param>
/// <param name="Licences">SPDX identifiers, expressions or names, as the document says.</param>
/// <param name="Identifiers">Other identifiers than the package URL: CPE, SWID, hashes.</param>
public sealed record SbomComponent(
    string? Reference, string Name, string? Version, string? Purl, string? Supplier,
    IReadOnlyList<string> Licences, IReadOnlyList<string> Identifiers);
