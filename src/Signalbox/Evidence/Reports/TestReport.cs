namespace Signalbox.Evidence.Reports;

/// <summary>What a test run said.</summary>
/// <param name="Format">junit or trx.</param>
/// <param name="Total">Counted from the cases, never from the report's own sum.</param>
/// <param name="Failed">An assertion did not hold.</param>
/// <param name="Errors">The test could not end: a crash, a timeout, an abort.</param>
/// <param name="Failures">The cases that failed or erred.</param>
public sealed record TestReport(
    string Format, int Total, int Passed, int Failed, int Errors, int Skipped, IReadOnlyList<TestFailure> Failures) : Report
{
    public override string Kind => "tests";

    /// <summary>Wall-clock time that the report states.</summary>
    public TimeSpan? Duration { get; init; }
}

/// <param name="Name">Class and test.</param>
/// <param name="Message">The first line of what went wrong.</param>
public sealed record TestFailure(string Name, string? Message);
