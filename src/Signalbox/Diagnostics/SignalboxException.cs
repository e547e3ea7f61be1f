namespace Signalbox.Diagnostics;

/// <summary>
/// Ends a verb with findings and an exit code; thrown only at the edges, where there is no caller
/// that could go on. Expected outcomes inside the product are return values.
/// </summary>
public class SignalboxException(int exitCode, IReadOnlyList<Finding> findings)
    : Exception(findings.Count > 0 ? findings[0].Message : "failed")
{
    public SignalboxException(int exitCode, Finding finding) : this(exitCode, [finding]) { }

    /// <summary>0 yes, 1 a clear no, 2 usage, 3 could not decide.</summary>
    public int ExitCode { get; } = exitCode;

    public IReadOnlyList<Finding> Findings { get; } = findings;
}
