namespace Signalbox.Evidence.Reports;

/// <summary>Statements on whether known vulnerabilities matter (https://github.com/openvex/spec).</summary>
/// <param name="Format">openvex or cyclonedx.</param>
/// <param name="Author">Who states it; whether that author may is the policy's to say.</param>
public sealed record VexReport(string Format, string? Author, IReadOnlyList<VexStatement> Statements) : Report
{
    public override string Kind => "vex";
}

public enum VexStatus { UnderInvestigation, Affected, NotAffected, Fixed }

/// <param name="Vulnerabilities">The vulnerability's name and its aliases.</param>
/// <param name="Products">What the statement is on; empty means that it does not say, and then it is on nothing.</param>
/// <param name="Reason">The justification and what explains it; null where the statement gives none.</param>
/// <param name="Timestamp">When it was last changed; null where nothing says.</param>
public sealed record VexStatement(
    IReadOnlyList<string> Vulnerabilities, IReadOnlyList<VexProduct> Products, VexStatus Status, string? Reason, DateTimeOffset? Timestamp);

/// <param name="Name">A package URL, an image digest or another identifier.</param>
/// <param name="Subcomponents">Where there are any, the statement is on these inside the product alone.</param>
public sealed record VexProduct(string Name, IReadOnlyList<string> Subcomponents);
