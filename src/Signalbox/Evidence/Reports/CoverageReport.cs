namespace Signalbox.Evidence.Reports;

/// <summary>How much of the code the tests ran.</summary>
/// <param name="Format">cobertura, lcov, jacoco, opencover or clover.</param>
/// <param name="Branches">0 of 0 where the report has none.</param>
public sealed record CoverageReport(string Format, Covered Lines, Covered Branches) : Report
{
    public override string Kind => "coverage";
}

/// <summary>So many of so many; never more than the total.</summary>
public readonly record struct Covered(long Count, long Total)
{
    /// <summary>From 0 to 1; null where there is nothing to cover.</summary>
    public double? Ratio => Total == 0 ? null : (double)Count / Total;
}
